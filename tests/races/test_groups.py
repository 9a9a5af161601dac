"""Joining, leaving and sharing at the same moment leave each person with the places that groups give them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.models import Group, GroupMember, User
from accounts.services.groups import create_group, let_into_group, remove_from_group
from core.db.change import change
from core.errors.refusals import Refusal
from tests.races.storms import all_at_once, until_somebody_waits_for_a_lock
from wishlists.models import GroupShare, Member, Wishlist
from wishlists.services.lists.group_sharing import share_with_group, stop_sharing_with_group
from wishlists.services.lists.lists import create_wishlist

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(alice: User) -> Group:
    return create_group(by=alice, name="Family")


def in_step(wishlist: Wishlist) -> bool:
    """Return whether exactly the people of the list's groups are its members."""
    groups = GroupShare.objects.filter(wishlist=wishlist).values("group")
    people = GroupMember.objects.filter(group__in=groups).exclude(user=wishlist.owner)
    members = Member.objects.live().filter(wishlist=wishlist).exclude(role="owner")
    return set(people.values_list("user", flat=True)) == set(members.values_list("user", flat=True))


def overlapping(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """Do `first`, and commit it only once `second` is done or waits for a lock."""
    acted, commit = threading.Event(), threading.Event()

    def held() -> None:
        try:
            with change():
                first()
                acted.set()
                assert commit.wait(30)
        finally:
            connection.close()

    def follows() -> None:
        try:
            second()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(held)
        assert acted.wait(30)
        other = threads.submit(follows)
        try:
            until_somebody_waits_for_a_lock(unless=other.done)
        finally:
            commit.set()
        one.result()
        other.result()


def join_and_share(alice: User, bob: User, group: Group) -> bool:
    wishlist = create_wishlist(owner=alice, title="Birthday")
    overlapping(
        lambda: let_into_group(group=group, user=bob, role="member", by=alice),
        lambda: share_with_group(wishlist=wishlist, by=alice, group_id=group.pk, role="viewer"),
    )
    return in_step(wishlist)


def leave_two_groups(alice: User, bob: User, group: Group) -> bool:
    """Bob leaves one group while Alice removes him from the other."""
    wishlist, second = create_wishlist(owner=alice, title="Birthday"), create_group(by=alice, name="Friends")
    for one in (group, second):
        let_into_group(group=one, user=bob, role="member", by=alice)
        share_with_group(wishlist=wishlist, by=alice, group_id=one.pk, role="viewer")
    overlapping(
        lambda: remove_from_group(group=group, by=bob, user_id=bob.pk),
        lambda: remove_from_group(group=second, by=alice, user_id=bob.pk),
    )
    return in_step(wishlist)


RACES = [join_and_share, leave_two_groups]


@pytest.mark.postgresql
@pytest.mark.parametrize("race", RACES)
def test_second_change_sees_what_the_first_one_did(
    race: Callable[..., bool], alice: User, bob: User, group: Group
) -> None:
    assert race(alice, bob, group)


@pytest.mark.postgresql
@pytest.mark.parametrize("race", RACES)
def test_control_places_are_wrong_without_locks(
    race: Callable[..., bool], alice: User, bob: User, group: Group, settings: Any
) -> None:
    settings.TEST_WITHOUT_LOCKS = True
    assert not race(alice, bob, group)


def test_storm_of_joining_leaving_and_sharing_ends_in_step(alice: User, group: Group) -> None:
    wishlist = create_wishlist(owner=alice, title="Birthday")
    people = User.objects.bulk_create(
        User(email=f"{n}@example.org", display_name=f"{n}", tenant=alice.tenant) for n in range(6)
    )
    places: dict[str, Any] = {"wishlist": wishlist, "by": alice, "group_id": group.pk}

    def act(index: int) -> int:
        try:
            for _ in range(3):
                if index == len(people):
                    share_with_group(**places, role="viewer")
                    stop_sharing_with_group(**places)
                else:
                    let_into_group(group=group, user=people[index], role="member", by=alice)
                    if index % 2:
                        remove_from_group(group=group, by=people[index], user_id=people[index].pk)
            if index == len(people):
                share_with_group(**places, role="editor")
        except Refusal as refusal:
            return refusal.status_code
        finally:
            connection.close()
        return 200

    assert all_at_once(act, len(people) + 1) == {200: len(people) + 1}
    assert in_step(wishlist)
    assert wishlist.members.live().count() == 1 + len(people) // 2

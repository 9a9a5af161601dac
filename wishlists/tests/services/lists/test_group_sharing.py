"""Lists that are shared with groups: who sees them, with which role, and who no longer does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Group, GroupMember, Notification, Tenant, User
from accounts.services.groups import (
    add_to_group,
    create_group,
    let_into_group,
    remove_from_group,
    remove_group,
)
from accounts.services.people import remove_user
from tests.support.api_clients import Api, refused
from wishlists.models import Activity, Item, Member, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.queries.lists import list_at
from wishlists.services.lists.group_sharing import share_with_group, stop_sharing_with_group
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.people import remove_member, share_wishlist
from wishlists.services.lists.recipients import set_recipients
from wishlists.tests.factories import take

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(alice: User, charlie: User) -> Group:
    """Alice's group, in which Charlie is."""
    group = create_group(by=alice, name="Family")
    add_to_group(group=group, by=alice, email=charlie.email, role="member")
    return group


@pytest.fixture
def friends(alice: User, charlie: User) -> Group:
    group = create_group(by=alice, name="Friends")
    add_to_group(group=group, by=alice, email=charlie.email, role="member")
    return group


def role_of(user: User, wishlist: Wishlist) -> str | None:
    return list_at(Viewer(user=user), wishlist.pk).role


def share(wishlist: Wishlist, group: Group, role: str = "viewer") -> None:
    share_with_group(wishlist=wishlist, by=wishlist.owner, group_id=group.pk, role=role)


def test_people_of_the_group_see_the_list_also_those_who_join_later(
    wishlist: Wishlist, alice: User, charlie: User, dora: User, family: Group
) -> None:
    share(wishlist, family)
    assert (role_of(charlie, wishlist), role_of(dora, wishlist)) == ("viewer", None)
    assert (
        Notification.objects.get(user=charlie, kind="wishlist_shared").payload["list_title"] == wishlist.title
    )
    let_into_group(group=family, user=dora, role="member", by=alice)
    assert role_of(dora, wishlist) == "viewer"
    remove_from_group(group=family, by=charlie, user_id=charlie.pk)
    remove_from_group(group=family, by=alice, user_id=dora.pk)
    assert (role_of(charlie, wishlist), role_of(dora, wishlist)) == (None, None)
    logged = Activity.objects.filter(wishlist=wishlist).exclude(kind="list_created").order_by("created_at")
    assert [row.kind for row in logged][-4:] == [
        "group_added",
        "member_joined",
        "member_left",
        "member_removed",
    ]
    let_into_group(group=family, user=dora, role="member", by=alice)
    remove_group(group=family, by=alice)
    assert role_of(dora, wishlist) is None
    assert role_of(alice, wishlist) == "owner"


def test_strongest_role_counts_and_losing_one_keeps_the_others(
    wishlist: Wishlist, alice: User, charlie: User, family: Group, friends: Group
) -> None:
    """Each step says which role Charlie has after it."""
    direct: dict[str, Any] = {"wishlist": wishlist, "by": alice, "email": charlie.email}
    steps: tuple[Callable[[], Any], ...] = (
        lambda: share(wishlist, family, "viewer"),
        lambda: share(wishlist, friends, "editor"),
        lambda: stop_sharing_with_group(wishlist=wishlist, by=alice, group_id=friends.pk),
        lambda: share_wishlist(**direct, role="editor"),
        lambda: remove_from_group(group=family, by=alice, user_id=charlie.pk),
        lambda: share_wishlist(**direct, role="viewer"),
        lambda: share(wishlist, friends, "editor"),
        lambda: share_wishlist(**direct, role="editor"),
        lambda: share_wishlist(**direct, role="viewer"),
        lambda: share(wishlist, friends, "viewer"),
        lambda: share(wishlist, friends, "editor"),
        lambda: remove_member(wishlist=wishlist, user=charlie, by=alice),
        lambda: remove_group(group=friends, by=alice),
    )
    roles = []
    for step in steps:
        step()
        roles.append(role_of(charlie, wishlist))
    assert roles == [
        *("viewer", "editor", "viewer", "editor", "editor", "viewer"),
        *("editor", "editor", "editor", "viewer", "editor", "editor", None),
    ]


def test_person_who_is_there_only_by_a_group_is_removed_there(
    as_alice: Api, as_charlie: Api, wishlist: Wishlist, charlie: User, family: Group
) -> None:
    share(wishlist, family)
    address = f"/wishlists/{wishlist.pk}/shares/{charlie.pk}"
    for api in (as_alice, as_charlie):
        assert refused(api("DELETE", address)) == (409, "place_by_group")
    rows = as_charlie("GET", f"/wishlists/{wishlist.pk}/members").json()
    assert {row["display_name"]: row["only_by_group"] for row in rows} == {
        "Alice": False,
        "Bob": False,
        "Charlie": True,
    }


def test_recipient_in_the_group_stays_blind(
    wishlist: Wishlist, item: Item, alice: User, bob: User, charlie: User, family: Group
) -> None:
    """A former recipient who comes back by a group becomes a recipient again."""
    share_wishlist(wishlist=wishlist, by=alice, email=charlie.email, role="viewer", is_recipient=True)
    share(wishlist, family, "editor")
    assert list_at(Viewer(user=charlie), wishlist.pk).is_recipient
    remove_member(wishlist=wishlist, user=charlie, by=alice)
    assert list_at(Viewer(user=charlie), wishlist.pk).is_recipient
    remove_from_group(group=family, by=alice, user_id=charlie.pk)
    let_into_group(group=family, user=charlie, role="member", by=alice)
    place = Member.objects.live().get(wishlist=wishlist, user=charlie)
    assert (place.is_recipient, list_at(Viewer(user=charlie), wishlist.pk).sight) == (True, "blind")


def test_former_member_keeps_what_they_reserved(
    as_charlie: Api, wishlist: Wishlist, item: Item, alice: User, charlie: User, family: Group
) -> None:
    share(wishlist, family)
    taken = take(item, charlie)
    remove_from_group(group=family, by=alice, user_id=charlie.pk)
    assert as_charlie("GET", f"/wishlists/{wishlist.pk}").status_code == 404
    mine = as_charlie("GET", f"/reservations/{taken.pk}").json()
    assert (mine["is_snapshot"], mine["item"]["title"]) == (True, item.title)


def test_member_who_is_a_recipient_by_a_group_can_be_made_one(
    wishlist: Wishlist, alice: User, charlie: User, family: Group
) -> None:
    share(wishlist, family)
    set_recipients(wishlist=wishlist, by=alice, user_ids=[alice.pk, charlie.pk])
    assert list_at(Viewer(user=charlie), wishlist.pk).is_recipient


def test_only_the_owner_shares_and_only_with_own_groups(
    as_alice: Api, as_bob: Api, as_charlie: Api, wishlist: Wishlist, bob: User, family: Group
) -> None:
    address = f"/wishlists/{wishlist.pk}/groups"
    body = {"group_id": str(family.pk), "role": "editor"}
    assert refused(as_bob("POST", address, body)) == (403, "owner_only")
    assert refused(as_charlie("POST", address, body)) == (404, "no_such_list")
    elsewhere = create_group(by=bob, name="Bob's")
    assert refused(as_alice("POST", address, {"group_id": str(elsewhere.pk)})) == (404, "no_such_group")
    made = as_alice("POST", address, body)
    assert (made.status_code, as_alice("POST", address, body).status_code) == (201, 200)
    shown = {"wishlist_id": str(wishlist.pk), "group_id": str(family.pk), "name": "Family", "role": "editor"}
    assert made.json() == shown | {"people_count": 2, "created_at": made.json()["created_at"]}
    assert as_bob("GET", address).json() == as_charlie("GET", address).json() == [made.json()]
    assert refused(as_bob("DELETE", f"{address}/{family.pk}")) == (403, "owner_only")
    assert as_alice("DELETE", f"{address}/{family.pk}").status_code == 204
    assert refused(as_alice("DELETE", f"{address}/{family.pk}")) == (404, "no_such_group")
    assert as_alice("GET", address).json() == []


def test_person_who_moved_to_another_tenant_gets_no_place(
    wishlist: Wishlist, charlie: User, family: Group
) -> None:
    charlie.tenant = Tenant.objects.create(name="Elsewhere")
    charlie.save(update_fields=["tenant"])
    share(wishlist, family)
    assert not Member.objects.filter(wishlist=wishlist, user=charlie).exists()


def test_removed_person_leaves_groups_and_their_lists(
    wishlist: Wishlist, charlie: User, family: Group
) -> None:
    share(wishlist, family)
    remove_user(user=charlie)
    assert role_of(charlie, wishlist) is None


def statements(number: int, alice: User, *, lists: int) -> tuple[int, int]:
    """Share `lists` lists with a group of so many people, and let one more join. Return the statements of sharing the
    last one, and of joining.
    """
    group = create_group(by=alice, name="Many")
    made = User.objects.bulk_create(
        User(email=f"{number}-{n}@example.org", display_name=f"{n}", tenant=alice.tenant)
        for n in range(number)
    )
    late = made.pop()
    GroupMember.objects.bulk_create(GroupMember(group=group, user=one) for one in made)
    for _ in range(lists):
        wishlist = create_wishlist(owner=alice, title="Shared")
        with CaptureQueriesContext(connection) as sharing:
            share(wishlist, group)
        assert wishlist.members.live().count() == number
    with CaptureQueriesContext(connection) as joining:
        let_into_group(group=group, user=late, role="member", by=alice)
    assert Member.objects.live().filter(user=late).count() == lists
    return count(sharing), count(joining)


def count(captured: CaptureQueriesContext) -> int:
    """Count statements. SQLite, which is in the same process, inserts rows one by one."""
    ours = [one["sql"] for one in captured.captured_queries]
    return len(ours if connection.vendor == "postgresql" else [sql for sql in ours if sql[:6] != "INSERT"])


@pytest.mark.both
def test_statements_do_not_grow_with_people_and_lists(alice: User) -> None:
    few, many = statements(3, alice, lists=2), statements(90, alice, lists=20)
    assert many == few
    assert max(many) < 40

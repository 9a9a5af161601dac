"""Fifty acceptances of one invitation at the same time make one member."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection, models
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Notification, User
from core.db.change import change
from sharing.access.invitation_tokens import Kind, invitation_token
from sharing.services.inviting import invite
from tests.races.storms import all_at_once
from tests.support.api_clients import Api, logged_in
from wishlists.models import Member, Wishlist

ACCEPTANCES = 50

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(wishlist: Wishlist, alice: User, charlie: User) -> str:
    """Charlie's invitation to Alice's list."""
    sent = invite(kind=Kind.LIST, target=wishlist, by=alice, email=charlie.email, role="viewer")
    return invitation_token(sent)


def accept_at_once(token: str, user: User) -> Counter[int]:
    access_token = logged_in(user)["access_token"]

    def press(_index: int) -> int:
        try:
            return Api(access_token)("POST", "/invitations/accept", {"token": token}).status_code
        finally:
            connection.close()

    return all_at_once(press, ACCEPTANCES)


def places(wishlist: Wishlist, user: User) -> int:
    return Member.objects.live().filter(wishlist=wishlist, user=user).count()


def test_fifty_acceptances_at_once_make_one_member(
    token: str, alice: User, charlie: User, wishlist: Wishlist
) -> None:
    assert accept_at_once(token, charlie) == {200: ACCEPTANCES}
    assert places(wishlist, charlie) == 1
    assert Notification.objects.filter(user=alice, kind="invitation_accepted").count() == 1


@pytest.fixture
def without_constraint() -> Iterator[None]:
    constraint = next(one for one in Member._meta.constraints if one.name == "one_place_a_person")
    assert isinstance(constraint, models.UniqueConstraint)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Member, constraint)
    yield
    with change():
        Member.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Member, constraint)


@pytest.mark.postgresql
def test_control_without_lock_and_constraint_there_are_several_members(
    token: str, charlie: User, wishlist: Wishlist, without_constraint: None, settings: Settings
) -> None:
    """PostgreSQL only: SQLite's single write lock cannot be switched off."""
    settings.TEST_WITHOUT_LOCKS = True
    for _try in range(5):
        accept_at_once(token, charlie)
        if places(wishlist, charlie) > 1:
            return
        Member.objects.filter(user=charlie).update(removed_at=timezone.now(), removed_by=charlie)
    pytest.fail("this test would not notice that the lock is gone")

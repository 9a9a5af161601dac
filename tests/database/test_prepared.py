"""Prepared statements: values change, the text does not, and functions whose other values would be frozen are refused."""

from __future__ import annotations

import asyncio
import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from core.db.prepared import MOST, NotPreparable, prepared
from wishlists.models import Item, Wishlist

built: list[str] = []


@prepared
def _people(*, user_id: UUID, active: bool) -> QuerySet[User]:
    built.append("people")
    return User.objects.filter(pk=user_id, is_active=active)


@prepared
def _titles(*, wishlist_id: UUID, without: UUID | None) -> QuerySet[Item, Any]:
    """Use the same UUID twice, once behind a join."""
    rows = Item.objects.filter(wishlist_id=wishlist_id, wishlist__items__wishlist_id=wishlist_id)
    rows = rows if without is None else rows.exclude(pk=without)
    return rows.distinct().order_by("title").values("title")


@prepared
def _named(*, name: str, mark: Item.Mark) -> QuerySet[Item]:
    return Item.objects.filter(title=name, mark=mark)


def test_text_values_change_and_enum_members_do_not(item: Item) -> None:
    """Otherwise an enum's value could be inserted where the statement has another one, or none."""
    assert _named(name="Kettle", mark=Item.Mark.NONE) == [item]
    assert _named(name="Pot", mark=Item.Mark.NONE) == []
    assert _named(name="Kettle", mark=Item.Mark.RECEIVED) == []


@pytest.fixture(autouse=True)
def _nothing_built() -> None:
    built.clear()


def test_values_change_and_the_statement_stays(alice: User, bob: User) -> None:
    _people(user_id=alice.pk, active=True)
    already = len(built)
    with CaptureQueriesContext(connection) as captured:
        assert _people(user_id=bob.pk, active=True) == [bob]
        assert _people(user_id=alice.pk, active=True) == [alice]
        assert _people(user_id=UUID(int=0), active=True) == []
    assert len(captured) == 3
    assert len(built) == already


def test_other_argument_types_have_separate_statements(alice: User) -> None:
    assert _people(user_id=alice.pk, active=True) == [alice]
    assert _people(user_id=alice.pk, active=False) == []


def test_rows_are_read_each_time(wishlist: Wishlist, item: Item) -> None:
    assert _titles(wishlist_id=wishlist.pk, without=None) == [{"title": "Kettle"}]
    Item.objects.filter(pk=item.pk).update(title="Pot")
    assert _titles(wishlist_id=wishlist.pk, without=None) == [{"title": "Pot"}]
    assert _titles(wishlist_id=wishlist.pk, without=item.pk) == []


@pytest.mark.django_db(transaction=True)
def test_each_thread_has_its_own_statements(alice: User, bob: User) -> None:
    """Two threads use different values at once. A connection serves only the thread that opened it."""
    together, seen = threading.Barrier(2), {}

    def ask(user: User) -> None:
        together.wait(10)
        seen[user.pk] = [_people(user_id=user.pk, active=True) for _ in range(20)]
        connection.close()

    threads = [threading.Thread(target=ask, args=(user,)) for user in (alice, bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {user.pk: [[user]] * 20 for user in (alice, bob)}


@pytest.mark.django_db(transaction=True)
def test_each_connection_has_its_own_statements(password_hash: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django uses another connection while an event loop runs in the thread. Only the first one sees uncommitted rows."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

    @prepared
    def named(*, user_id: UUID) -> QuerySet[User]:
        return User.objects.filter(pk=user_id)

    async def ask() -> list[User]:
        try:
            return named(user_id=UUID(int=0))
        finally:
            connection.close()

    assert asyncio.run(ask()) == []
    with transaction.atomic():
        dora = User.objects.create(email="dora@example.com", password=password_hash)
        assert named(user_id=dora.pk) == [dora]


def test_empty_queryset_returns_no_rows(alice: User) -> None:
    @prepared
    def none(*, user_id: UUID) -> QuerySet[User]:
        return User.objects.filter(pk=user_id).none()

    assert none(user_id=alice.pk) == none(user_id=alice.pk) == []


def test_queryset_with_the_current_time_is_refused(alice: User) -> None:
    @prepared
    def recent(*, user_id: UUID) -> QuerySet[User]:
        return User.objects.filter(pk=user_id, date_joined__lt=timezone.now())

    with pytest.raises(NotPreparable):
        recent(user_id=alice.pk)


def test_derived_or_ignored_argument_is_refused(alice: User) -> None:
    """It would be computed from the placeholder, and stay the same."""

    @prepared
    def beginning(*, name: str) -> QuerySet[User]:
        return User.objects.filter(display_name__startswith=name)

    @prepared
    def ignored(*, user_id: UUID) -> QuerySet[User]:
        return User.objects.all()

    with pytest.raises(NotPreparable):
        beginning(name="A")
    with pytest.raises(NotPreparable):
        ignored(user_id=alice.pk)


@pytest.mark.django_db
def test_too_many_statements_are_refused() -> None:
    @prepared
    def some(*, number: int) -> QuerySet[User]:
        return User.objects.filter(pk=UUID(int=number))

    for number in range(MOST):
        some(number=number)
    with pytest.raises(NotPreparable):
        some(number=MOST)

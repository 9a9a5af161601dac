"""Statements made once: the values change, the text does not, and what would be frozen is refused."""

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
    """The value of a UUID twice, once below a join."""
    rows = Item.objects.filter(wishlist_id=wishlist_id, wishlist__items__wishlist_id=wishlist_id)
    rows = rows if without is None else rows.exclude(pk=without)
    return rows.distinct().order_by("title").values("title")


@prepared
def _named(*, name: str, mark: Item.Mark) -> QuerySet[Item]:
    return Item.objects.filter(title=name, mark=mark)


def test_texts_change_and_members_of_enums_do_not(item: Item) -> None:
    """An enum's value would otherwise be put in where the statement has another one, or none."""
    assert _named(name="Kettle", mark=Item.Mark.NONE) == [item]
    assert _named(name="Pot", mark=Item.Mark.NONE) == []
    assert _named(name="Kettle", mark=Item.Mark.RECEIVED) == []


@pytest.fixture(autouse=True)
def _nothing_built() -> None:
    built.clear()


def test_values_change_and_the_text_stays(alice: User, bob: User) -> None:
    _people(user_id=alice.pk, active=True)
    already = len(built)
    with CaptureQueriesContext(connection) as captured:
        assert _people(user_id=bob.pk, active=True) == [bob]
        assert _people(user_id=alice.pk, active=True) == [alice]
        assert _people(user_id=UUID(int=0), active=True) == []
    assert len(captured) == 3
    assert len(built) == already


def test_what_is_no_uuid_is_a_statement_of_its_own(alice: User) -> None:
    assert _people(user_id=alice.pk, active=True) == [alice]
    assert _people(user_id=alice.pk, active=False) == []


def test_rows_are_read_each_time(wishlist: Wishlist, item: Item) -> None:
    assert _titles(wishlist_id=wishlist.pk, without=None) == [{"title": "Kettle"}]
    Item.objects.filter(pk=item.pk).update(title="Pot")
    assert _titles(wishlist_id=wishlist.pk, without=None) == [{"title": "Pot"}]
    assert _titles(wishlist_id=wishlist.pk, without=item.pk) == []


@pytest.mark.django_db(transaction=True)
def test_each_thread_has_its_own(alice: User, bob: User) -> None:
    """Two at once with different values; a connection serves the thread that made it and no other."""
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
def test_each_connection_of_a_thread_has_its_own(password_hash: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django gives a thread another one while a loop runs in it: what is not yet committed is seen by the first alone."""
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


def test_nothing_is_nothing(alice: User) -> None:
    @prepared
    def none(*, user_id: UUID) -> QuerySet[User]:
        return User.objects.filter(pk=user_id).none()

    assert none(user_id=alice.pk) == none(user_id=alice.pk) == []


def test_the_time_is_not_frozen(alice: User) -> None:
    @prepared
    def recent(*, user_id: UUID) -> QuerySet[User]:
        return User.objects.filter(pk=user_id, date_joined__lt=timezone.now())

    with pytest.raises(NotPreparable):
        recent(user_id=alice.pk)


def test_nothing_is_made_of_an_argument(alice: User) -> None:
    """It would be made of what stands in for it, and stay."""

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
def test_statements_without_end_are_refused() -> None:
    @prepared
    def some(*, number: int) -> QuerySet[User]:
        return User.objects.filter(pk=UUID(int=number))

    for number in range(MOST):
        some(number=number)
    with pytest.raises(NotPreparable):
        some(number=MOST)

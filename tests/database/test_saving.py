"""Rows that are saved together: what `save()` does for each, in one statement on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from core.db.change import change
from core.db.saving import Insert, Update, save_together
from wishlists.models import Activity, Item, Reservation
from wishlists.models.viewers import Viewer
from wishlists.services.activity import log_row

pytestmark = pytest.mark.django_db


def reservation(item: Item, user: User, **fields: Any) -> Reservation:
    return Reservation(item=item, user=user, currency="EUR", message="  Mine!\r\n", **fields)


def logged(item: Item, user: User) -> Activity:
    return log_row(wishlist=item.wishlist, kind="item_reserved", by=Viewer(user=user), item=item, units=1)


@contextmanager
def signals() -> Iterator[list[tuple[str, Any, Any]]]:
    heard: list[tuple[str, Any, Any]] = []

    def on_save(sender: Any, update_fields: Any, created: bool | None = None, **_: Any) -> None:
        heard.append((sender.__name__, None if update_fields is None else set(update_fields), created))

    pre_save.connect(on_save)
    post_save.connect(on_save)
    try:
        yield heard
    finally:
        pre_save.disconnect(on_save)
        post_save.disconnect(on_save)


def test_rows_are_stored_as_save_stores_them(item: Item, bob: User, charlie: User) -> None:
    """Texts are tidied, times are set, JSON is encoded, and objects know that they are stored."""
    usual, together = reservation(item, charlie), reservation(item, bob)
    with change():
        usual.save(force_insert=True)
        save_together(Insert(together), Insert(row := logged(item, bob)))
    assert not together._state.adding
    same = set(_columns(usual)) - {"id", "user_id", "created_at", "updated_at"}
    stored = Reservation.objects.get(pk=together.pk)
    assert {name: _columns(stored)[name] for name in same} == {name: _columns(usual)[name] for name in same}
    assert (stored.created_at, stored.updated_at) == (together.created_at, together.updated_at)
    assert Activity.objects.get(pk=row.pk).detail == {"units": 1}


def _columns(row: Reservation) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_update_changes_the_named_columns_alone_and_adds_in_the_database(item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(quantity=9, cap=9, units_taken=3, title="Pot")
    item.cap = 8
    with pytest.raises(IntegrityError), transaction.atomic(), change():
        save_together(Update(item, ("cap",)))  # cap covers quantity
    item.quantity = item.cap = 9
    with change():
        save_together(Update(item, ("quantity", "cap"), plus={"units_taken": 2}))
    stored = Item.objects.get(pk=item.pk)
    assert (stored.title, stored.cap, stored.units_taken) == ("Pot", 9, 5)


def test_all_or_none_is_written(item: Item, bob: User) -> None:
    with pytest.raises(IntegrityError, match="item_units_taken_within_cap"), transaction.atomic(), change():
        save_together(
            Update(item, plus={"units_taken": 2}),
            Insert(reservation(item, bob, units=2)),
            Insert(logged(item, bob)),
        )
    assert not Reservation.objects.exists()
    assert not Activity.objects.filter(kind="item_reserved").exists()


def test_the_signals_of_save_are_sent(item: Item, bob: User) -> None:
    with signals() as heard, change():
        save_together(Update(item, plus={"units_taken": 1}), Insert(reservation(item, bob)))
    assert heard == [
        ("Item", {"units_taken"}, None),
        ("Reservation", None, None),
        ("Item", {"units_taken"}, False),
        ("Reservation", None, True),
    ]


def test_one_statement_on_postgresql(item: Item, bob: User) -> None:
    made = reservation(item, bob, released_at=timezone.now())
    with change(), CaptureQueriesContext(connection) as captured:
        save_together(Update(item, plus={"units_taken": 1}), Insert(made), Insert(logged(item, bob)))
    assert len(captured) == (1 if connection.vendor == "postgresql" else 3)

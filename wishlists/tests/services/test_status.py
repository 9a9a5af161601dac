"""`reservation_status`: what one word does for a giver and for a recipient."""

from __future__ import annotations

import pytest

from accounts.models import User
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item, Reservation
from wishlists.models.viewers import Viewer
from wishlists.queries.items import item_at
from wishlists.refusals import ItemTaken, NothingReserved, NotHolder
from wishlists.services.status import set_status


def seen_by(item: Item, user: User) -> tuple[Item, Viewpoint]:
    return item_at(Viewer(user=user), item.pk)


def active(item: Item) -> list[tuple[str, str]]:
    held = Reservation.objects.active().filter(item=item)
    return [(str(reservation.status), reservation.message) for reservation in held]


def test_a_givers_words(item: Item, bob: User) -> None:
    there, his = seen_by(item, bob)
    for status, after in (
        ("available", []),
        ("purchased", [("purchased", "hello")]),
        ("reserved", [("reserved", "hello")]),
        ("reserved", [("reserved", "hello")]),
        ("available", []),
    ):
        set_status(
            item=there, viewpoint=his, status=status, message="hello" if status == "purchased" else None
        )
        assert active(item) == after


def test_another_givers_words(item: Item, bob: User, charlie: User) -> None:
    there, his = seen_by(item, bob)
    set_status(item=there, viewpoint=his, status="reserved")
    other, charlies = seen_by(item, charlie)
    for status, refusal in (("reserved", ItemTaken), ("purchased", ItemTaken), ("available", NotHolder)):
        with pytest.raises(refusal):
            set_status(item=other, viewpoint=charlies, status=status)
    assert active(item) == [("reserved", "")]


@pytest.mark.parametrize("taken", [True, False])
def test_a_recipients_words(taken: bool, item: Item, alice: User, bob: User) -> None:
    if taken:
        there, his = seen_by(item, bob)
        set_status(item=there, viewpoint=his, status="purchased")
    mine, alices = seen_by(item, alice)
    for status, mark in (
        ("reserved", "set_aside"),
        ("purchased", "received"),
        ("available", ""),
        ("available", ""),
    ):
        set_status(item=mine, viewpoint=alices, status=status, message="ignored")
        item.refresh_from_db()
        assert item.mark == mark
    set_status(item=mine, viewpoint=alices, status=None, message="ignored")
    assert active(item) == ([("purchased", "")] if taken else [])


def test_a_message_alone(item: Item, bob: User, charlie: User) -> None:
    there, his = seen_by(item, bob)
    with pytest.raises(NothingReserved):
        set_status(item=there, viewpoint=his, status=None, message="hello")
    set_status(item=there, viewpoint=his, status="purchased", message="first")
    set_status(item=there, viewpoint=his, status=None, message=None)
    assert active(item) == [("purchased", "first")]
    set_status(item=there, viewpoint=his, status=None, message="second")
    assert active(item) == [("purchased", "second")]
    set_status(item=there, viewpoint=his, status=None, message="")
    assert active(item) == [("purchased", "")]
    other, charlies = seen_by(item, charlie)
    with pytest.raises(NothingReserved):
        set_status(item=other, viewpoint=charlies, status=None, message="mine now")

"""Every cell of the table of `reservation_status`: who sends which value in which state, and the result."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from core.errors.refusals import Refusal
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.viewers import Sight, Viewer
from wishlists.projections.items import project_items
from wishlists.queries.items import item_at
from wishlists.refusals import ItemTaken, NotHolder
from wishlists.services.lists.people import join_guest
from wishlists.services.reserving import reserve_item
from wishlists.services.status import set_status

FREE, OWN, OWN_BOUGHT, ANOTHERS, SET_ASIDE = "free", "own reserved", "own bought", "another's", "set aside"

CELLS: list[tuple[str, str, Any]] = [
    (FREE, "reserved", "reserved"),
    (FREE, "purchased", "purchased"),
    (FREE, "available", "available"),
    (OWN, "reserved", "reserved"),
    (OWN, "purchased", "purchased"),
    (OWN, "available", "available"),
    (OWN_BOUGHT, "reserved", "reserved"),
    (OWN_BOUGHT, "purchased", "purchased"),
    (OWN_BOUGHT, "available", "available"),
    (ANOTHERS, "reserved", ItemTaken),
    (ANOTHERS, "purchased", ItemTaken),
    (ANOTHERS, "available", NotHolder),
    (SET_ASIDE, "reserved", ItemTaken),
    (SET_ASIDE, "purchased", ItemTaken),
    (SET_ASIDE, "available", NotHolder),
]


def send(word: str, item: Item, by: Viewer) -> None:
    there, viewpoint = item_at(by, item.pk)
    set_status(item=there, viewpoint=viewpoint, status=word)


def take(item: Item, by: Viewer, *, purchased: bool = False) -> None:
    there = Item.objects.get(pk=item.pk)
    reserve_item(item=there, by=by, purchased=purchased)


@pytest.fixture
def giver(request: pytest.FixtureRequest, wishlist: Wishlist) -> Viewer:
    if request.param == "guest":
        return Viewer(guest=join_guest(wishlist=wishlist, name="Grandma"), by_link=True)
    return Viewer(user=request.getfixturevalue("bob"))


def bring_about(state: str, item: Item, giver: Viewer, alice: User, charlie: User) -> None:
    if state in (OWN, OWN_BOUGHT):
        take(item, giver, purchased=state == OWN_BOUGHT)
    elif state == ANOTHERS:
        take(item, Viewer(user=charlie))
    elif state == SET_ASIDE:
        send("reserved", item, Viewer(user=alice))


@pytest.mark.parametrize("giver", ["member", "guest"], indirect=True)
@pytest.mark.parametrize(("state", "word", "outcome"), CELLS)
def test_status_sent_by_a_giver_or_guest(
    state: str, word: str, outcome: Any, giver: Viewer, item: Item, alice: User, charlie: User
) -> None:
    bring_about(state, item, giver, alice, charlie)
    mine = Reservation.objects.active().held_by(giver)
    if isinstance(outcome, type) and issubclass(outcome, Refusal):
        with pytest.raises(outcome):
            send(word, item, giver)
        assert not mine.exists()
        return
    send(word, item, giver)
    held = mine.first()
    assert (held.status if held else "available") == outcome
    item.refresh_from_db()
    assert item.units_taken == (0 if outcome == "available" else 1)


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize("before", ["available", "reserved", "purchased"])
@pytest.mark.parametrize(
    ("word", "mark"), [("reserved", "set_aside"), ("purchased", "received"), ("available", "")]
)
def test_status_sent_by_a_recipient(
    word: str, mark: str, before: str, taken: bool, item: Item, alice: User, bob: User
) -> None:
    """Always accepted, no matter who reserved the item. Reservations of others stay."""
    if taken:
        take(item, Viewer(user=bob))
    send(before, item, Viewer(user=alice))
    send(word, item, Viewer(user=alice))
    item.refresh_from_db()
    assert (item.mark, item.units_taken) == (mark, int(taken))
    assert Reservation.objects.active().filter(item=item).count() == int(taken)


@pytest.mark.parametrize("word", ["reserved", "purchased", "available"])
def test_recipient_gets_the_same_answer_taken_or_not(
    word: str, wishlist: Wishlist, item: Item, alice: User, bob: User
) -> None:
    answers = []
    for taken in (False, True):
        if taken:
            take(item, Viewer(user=bob))
        send(word, item, Viewer(user=alice))
        [row] = project_items(Item.objects.filter(pk=item.pk), wishlist, Sight.BLIND)
        answers.append(
            {name: value for name, value in row.items() if name not in ("updated_at", "received_at")}
        )
        send("available", item, Viewer(user=alice))
    assert answers[0] == answers[1]


def test_undone_mark_makes_the_item_available(item: Item, alice: User, bob: User) -> None:
    send("purchased", item, Viewer(user=alice))
    send("available", item, Viewer(user=alice))
    send("reserved", item, Viewer(user=bob))
    assert Reservation.objects.active().filter(user=bob).count() == 1


def test_holder_changes_a_reservation_of_an_item_that_was_set_aside(
    item: Item, alice: User, bob: User
) -> None:
    take(item, Viewer(user=bob))
    send("purchased", item, Viewer(user=alice))
    send("purchased", item, Viewer(user=bob))
    assert Reservation.objects.get(user=bob).status == "purchased"
    send("available", item, Viewer(user=bob))
    assert not Reservation.objects.active().exists()

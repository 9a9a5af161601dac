"""After a verb of giving, its item is projected from what the verb knows. That must be what the database says."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.db.change import change
from core.errors.refusals import Refusal
from wishlists.models import Item, Reservation
from wishlists.models.viewers import Viewer
from wishlists.projections.items import GIVING_COLUMNS, read_held_items, read_items_by_id
from wishlists.projections.rows import Row
from wishlists.queries.giving import GivingState
from wishlists.services.lists.items import edit_item
from wishlists.services.lists.people import join_guest
from wishlists.services.reserving import release_item, reserve_item
from wishlists.services.waitlisting import wait_for_item

pytestmark = pytest.mark.both

STEPS = 60

Verb = Callable[[], Any]


def known_and_stored(item: Item, verb: Verb) -> tuple[Row, Row]:
    """Do something about the item, and return its row as the change ends with it, and as the database has it."""
    with change():
        verb()
        [known], [stored] = read_held_items([item.pk]), read_items_by_id([item.pk])
        return {name: known.row[name] for name in GIVING_COLUMNS}, stored.row


def verbs(item: Item, by: Viewer, units: int | None) -> dict[str, Verb]:
    return {
        "reserve": lambda: reserve_item(item=item, by=by, units=units),
        "buy": lambda: reserve_item(item=item, by=by, purchased=True, message="Mine!"),
        "release": lambda: release_item(item=item, by=by),
        "wait": lambda: wait_for_item(item=item, by=by),
    }


def walk(item: Item, alice: User, givers: list[Viewer], seed: int) -> list[tuple[str, Row, Row]]:
    """Reserve, buy, release and wait at random, while the quantity changes. Return what was known and stored each time."""
    dice = random.Random(seed)
    done = []
    for _ in range(STEPS):
        found = Item.objects.get(pk=item.pk)
        possible = verbs(found, dice.choice(givers), dice.choice([None, 1, 2]))
        name = dice.choice([*possible, "release", "reserve"])
        if dice.random() < 0.15:
            quantity = dice.choice([None, 1, 2, 3])
            edit_item(item=found, by=Viewer(user=alice), quantity=quantity)
        try:
            done.append((name, *known_and_stored(item, possible[name])))
        except Refusal:
            continue
    return done


@pytest.fixture
def givers(item: Item, bob: User, charlie: User) -> list[Viewer]:
    guest = join_guest(wishlist=item.wishlist, name="Grandma")
    return [Viewer(user=bob), Viewer(user=charlie), Viewer(guest=guest, by_link=True)]


@pytest.mark.parametrize("seed", range(4))
def test_known_facts_are_what_the_database_has(
    seed: int, item: Item, alice: User, givers: list[Viewer]
) -> None:
    done = walk(item, alice, givers, seed)
    assert {name for name, *_ in done} >= {"reserve", "release"}
    assert [(name, known) for name, known, _ in done] == [(name, stored) for name, _, stored in done]


FORGOTTEN: dict[str, dict[str, Any]] = {
    "units": {"units_taken": 0},
    "holder": {"holder__pk": None},
    "message": {"holder__message": "something else"},
    "whether all is bought": {"is_bought": None},
}


@pytest.mark.parametrize("what", FORGOTTEN)
def test_control_forgotten_fact_is_found(
    what: str, item: Item, alice: User, givers: list[Viewer], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = GivingState._after

    def after(state: GivingState, item: Item, unbought: int, holder: Row) -> Any:
        facts = own(state, item, unbought, holder)
        facts.row.update({name: value for name, value in FORGOTTEN[what].items() if facts.row[name]})
        return facts

    monkeypatch.setattr(GivingState, "_after", after)
    assert any(known != stored for _, known, stored in walk(item, alice, givers, seed=1))


def test_reservation_is_known_without_reading_it_back(item: Item, bob: User) -> None:
    with change():
        reserve_item(item=item, by=Viewer(user=bob))
        with CaptureQueriesContext(connection) as captured:
            [known] = read_held_items([item.pk])
    assert len(captured) == 0
    assert known.row["holder__user__display_name"] == bob.display_name


def test_facts_are_read_again_after_another_change(item: Item, bob: User) -> None:
    with change():
        made = reserve_item(item=item, by=Viewer(user=bob))
        Reservation.objects.get(pk=made.pk).save(update_fields=["stage"])
        with CaptureQueriesContext(connection) as captured:
            read_held_items([item.pk])
    assert len(captured) == 1


def test_former_holder_of_all_units_is_named_again(item: Item, alice: User, bob: User, charlie: User) -> None:
    """After the quantity was lowered below what is taken, a release can leave one giver with all units."""
    two = edit_item(item=item, by=Viewer(user=alice), quantity=2)
    reserve_item(item=Item.objects.get(pk=two.pk), by=Viewer(user=bob))
    reserve_item(item=Item.objects.get(pk=two.pk), by=Viewer(user=charlie))
    one = edit_item(item=Item.objects.get(pk=two.pk), by=Viewer(user=alice), quantity=1)
    found = Item.objects.get(pk=one.pk)
    known, stored = known_and_stored(item, lambda: release_item(item=found, by=Viewer(user=bob)))
    assert known == stored
    assert known["holder__user_id"] == charlie.pk

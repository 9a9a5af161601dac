"""How far a gift has come, and how many of it: through the API, for the giver who holds it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from accounts.models import User
from tests.support.api_clients import Api, refused
from wishlists.models import Activity, Item, Reservation

STAGES = Reservation.Stage.values


@pytest.fixture
def address(item: Item) -> str:
    return f"/wishlists/{item.wishlist_id}/items/{item.pk}/reservations"


@pytest.fixture
def cups(item: Item, as_alice: Api) -> str:
    """The address of reservations of six cups."""
    made = as_alice("POST", f"/wishlists/{item.wishlist_id}/items", {"title": "Cups", "quantity": 6}).json()
    return f"/wishlists/{item.wishlist_id}/items/{made['id']}/reservations"


def held(api: Api, address: str, **body: Any) -> Any:
    return api("POST", address, body).json()


def test_from_stage_to_stage(as_bob: Api, address: str, item: Item) -> None:
    """The coarse word follows; each step is one row of the log."""
    mine = f"/reservations/{held(as_bob, address)['id']}"
    for _before, stage in pairwise(STAGES):
        rows = Activity.objects.count()
        body = as_bob("PATCH", mine, {"stage": stage}).json()
        assert (body["stage"], body["status"]) == (stage, "purchased")
        assert body["item"]["reservation_status"] == "purchased"
        assert as_bob("PATCH", mine, {"stage": stage}).json()["stage"] == stage
        assert Activity.objects.count() == rows + 1
    kinds = Activity.objects.filter(item=item, circle="givers").order_by("created_at")
    assert list(kinds.values_list("kind", flat=True)) == [
        "item_reserved", "item_purchased", *["reservation_changed"] * 3,
    ]  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_any_stage_from_the_start_and_back_again(stage: str, as_bob: Api, address: str) -> None:
    body = held(as_bob, address, stage=stage)
    assert (body["stage"], body["status"]) == (stage, "reserved" if stage == "reserved" else "purchased")
    back = as_bob("PATCH", f"/reservations/{body['id']}", {"stage": "reserved"}).json()
    assert (back["stage"], back["item"]["reservation_status"]) == ("reserved", "reserved")


@pytest.mark.parametrize(
    ("sent", "stage"),
    [
        ({"status": "purchased"}, "arrived"),
        ({"status": "reserved"}, "reserved"),
        ({"status": "reserved", "stage": "wrapped"}, "wrapped"),
        ({"status": "purchased", "stage": "reserved"}, "reserved"),
        ({"units": 1, "message": "x"}, "arrived"),
        ({"stage": None}, "arrived"),
    ],
    ids=str,
)
def test_the_coarse_word_leaves_later_stages_and_gives_way(
    sent: dict[str, Any], stage: str, as_bob: Api, address: str
) -> None:
    mine = held(as_bob, address, stage="arrived")
    assert as_bob("PATCH", f"/reservations/{mine['id']}", sent).json()["stage"] == stage
    as_bob("PATCH", f"/reservations/{mine['id']}", {"stage": "arrived"})
    again = as_bob("POST", address, sent)
    assert (again.status_code, again.json()["stage"]) == (200, stage)


@pytest.mark.parametrize("word", ["bought", "", 1, "Reserved"])
def test_other_words_are_named(word: Any, as_bob: Api, address: str) -> None:
    assert refused(as_bob("POST", address, {"stage": word})) == (400, "invalid_input")


def test_posting_again_sets_exactly_so_many(as_bob: Api, as_alice: Api, cups: str) -> None:
    first = as_bob("POST", cups, {"units": 2, "message": "red"})
    more = as_bob("POST", cups, {"units": 5})
    assert (first.status_code, more.status_code) == (201, 200)
    assert more.json() | {"units": 2, "item": None, "updated_at": None} == (
        first.json() | {"item": None, "updated_at": None}
    )
    assert (more.json()["units"], more.json()["item"]["units_free"]) == (5, 1)
    assert as_bob("POST", cups, {}).json()["units"] == 5
    assert as_bob("POST", cups, {"units": 1}).json()["item"]["units_free"] == 5
    lost = as_bob("POST", cups, {"units": 7})
    assert refused(lost) == (409, "reservation_conflict")
    assert lost.json()["current_item"]["units_free"] == 5


def test_only_the_units_that_change_are_logged(as_bob: Api, cups: str, bob: User) -> None:
    for units in (2, 2, 3):
        as_bob("POST", cups, {"units": units})
    rows = Activity.objects.filter(user=bob, circle="givers").order_by("created_at")
    assert list(rows.values_list("kind", flat=True)) == ["item_reserved", "reservation_changed"]
    assert rows[1].detail == {"stage": "reserved", "units": 3}


def test_any_number_of_an_unlimited_one(as_bob: Api, as_alice: Api, cups: str) -> None:
    item = cups.removesuffix("/reservations")
    assert as_alice("PATCH", item, {"quantity": None}).json()["units_free"] is None
    assert held(as_bob, cups, units=10_000)["item"]["units_free"] is None
    assert refused(as_bob("POST", cups, {"units": 10_001})) == (400, "invalid_input")
    bounded = as_alice("PATCH", item, {"quantity": 3})
    assert (bounded.status_code, bounded.json()["units_free"]) == (200, 3)
    assert as_bob("GET", item).json()["units_free"] == 0


def test_recipients_are_refused_whatever_they_ask_for(as_bob: Api, as_alice: Api, cups: str) -> None:
    for taken in (False, True):
        if taken:
            held(as_bob, cups, units=6)
        for body in ({}, {"units": 2}, {"stage": "given"}):
            assert refused(as_alice("POST", cups, body)) == (403, "recipient")

"""The number of statements of the main requests (P10), without BEGIN and COMMIT. Increase a number only on purpose."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from realtime.models import Event
from tests.support.api_clients import Api, logged_in
from wishlists.models import Item
from wishlists.services.lists.lists import create_wishlist

_TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")

GIVING = (
    "the session with its user",
    "the item and its list, if they may be seen, locked",
    "who the asker is now that it is locked, what they hold of it, and the item's facts",
    "the units of the item, the reservation and the log",
    "the events, and the heads of their streams",
)
"""On PostgreSQL. SQLite has no statement that writes to several tables, and no round trips either."""

IN_STEPS = 3
"""How many more statements SQLite needs for the last two."""


def statements(api: Api, method: str, path: str, body: Any = None) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert api(method, path, body).status_code < 300
    return sum(not query["sql"].startswith(_TRANSACTION) for query in captured.captured_queries)


@pytest.fixture
def as_bob(bob: User) -> Api:
    return Api(logged_in(bob)["access_token"])


@pytest.mark.parametrize("status", ["reserved", "available"])
@pytest.mark.parametrize("path", ["/wishlists/{list}/items/{item}", "/items/{item}"])
def test_giving_takes_five_statements(path: str, status: str, as_bob: Api, item: Item) -> None:
    address = path.format(list=item.wishlist_id, item=item.pk)
    if status == "available":
        as_bob("PATCH", address, {"reservation_status": "reserved"})
    before = Event.objects.count()
    most = len(GIVING) + (0 if connection.vendor == "postgresql" else IN_STEPS)
    assert statements(as_bob, "PATCH", address, {"reservation_status": status}) == most
    assert Event.objects.count() == before + 2


@pytest.mark.postgresql
@pytest.mark.parametrize("status", ["reserved", "available"])
def test_lock_is_held_for_three_statements_and_the_commit(status: str, as_bob: Api, item: Item) -> None:
    """All requests that give something on a list wait for this lock, so what happens under it is the rate."""
    if status == "available":
        as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"})
    with CaptureQueriesContext(connection) as captured:
        as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": status})
    texts = [query["sql"] for query in captured.captured_queries]
    locked = next(number for number, text in enumerate(texts) if "FOR NO KEY UPDATE" in text)
    assert len([text for text in texts[locked + 1 :] if not text.startswith(_TRANSACTION)]) == 3


def test_reading_a_list_takes_three_statements(as_bob: Api, item: Item) -> None:
    """The session with its user; the list, the user's membership and its revision; and the items."""
    assert statements(as_bob, "GET", f"/wishlists/{item.wishlist_id}/items") == 3


@pytest.mark.parametrize("path", ["/wishlists/{list}", "/wishlists/{list}/items"])
def test_unchanged_answer_takes_one_statement(path: str, as_bob: Api, item: Item) -> None:
    """After the first, which goes the full way and is learned from."""
    address = path.format(list=item.wishlist_id)
    known = {"if-none-match": as_bob("GET", address)["ETag"]}
    assert as_bob("GET", address, headers=known).status_code == 304
    with CaptureQueriesContext(connection) as captured:
        assert as_bob("GET", address, headers=known).status_code == 304
    assert len(captured) == 1


@pytest.mark.parametrize("number", [1, 5])
def test_all_lists_take_two_statements(number: int, alice: User, bob: User, item: Item) -> None:
    """The session with its user; and the lists with counts and the user's memberships, however many there are."""
    for title in "abcde"[: number - 1]:
        create_wishlist(owner=alice, title=title)
    api = Api(logged_in(alice)["access_token"])
    assert (
        len(api("GET", "/wishlists").json()) == number
    )  # Django also asks SQLite once whether it knows JSON
    assert statements(api, "GET", "/wishlists") == 2


def test_answer_and_event_show_the_same_state(as_bob: Api, item: Item) -> None:
    """Both come from the same read. After another write the row is read again."""
    answer = as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"}).json()
    assert str(answer["reserved_by_id"]) in Event.objects.order_by("-pk")[1].frame
    answer = as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "purchased"}).json()
    assert answer["reservation_status"] == "purchased"

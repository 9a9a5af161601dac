"""Rows that are remembered are those of their tag, and they are not more than a few."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.api_clients import Api
from wishlists.api.response_cache import ResponseCache, Rows
from wishlists.api.views import items as view
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Sight
from wishlists.projections.items import project_list

pytestmark = pytest.mark.both


def rows(number: int) -> Rows:
    return [{"id": one} for one in range(number)]


def reader(read: list[str], tag: str, number: int) -> Callable[[], Rows]:
    def run() -> Rows:
        read.append(tag)
        return rows(number)

    return run


def test_the_same_tag_is_read_once() -> None:
    response_cache, read = ResponseCache(), list[str]()
    for tag in ("a", "a", "b", "a"):
        assert response_cache.rows(tag, reader(read, tag, 1)) == rows(1)
    assert read == ["a", "b"]


def test_what_was_not_asked_for_lately_is_forgotten() -> None:
    response_cache, read = ResponseCache(most=10), list[str]()
    for tag in ("a", "b", "a", "c", "a", "b"):
        response_cache.rows(tag, reader(read, tag, 5))
    assert read == ["a", "b", "c", "b"]


def test_what_is_too_much_is_not_kept() -> None:
    response_cache = ResponseCache(most=10)
    response_cache.rows("small", lambda: rows(10))
    assert len(response_cache.rows("large", lambda: rows(11))) == 11
    assert response_cache.rows("small", list) == rows(10)


@pytest.mark.django_db(transaction=True)
def test_whoever_asks_gets_what_is_theirs_and_as_it_is(
    as_alice: Api, as_bob: Api, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alice, whose list it is, sees nothing of what Bob does; Bob does, at once; and what nobody touched is not read."""
    read: list[Wishlist] = []

    def project(wishlist: Wishlist, sight: Sight) -> Rows:
        read.append(wishlist)
        return project_list(wishlist, sight)

    monkeypatch.setattr(view, "project_list", project)
    address = f"/wishlists/{item.wishlist_id}/items"
    before = as_alice("GET", address).content
    assert as_bob("GET", address).json()[0]["reservation_status"] == "available"
    assert as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"}).status_code == 200
    assert as_bob("GET", address).json()[0]["reservation_status"] == "reserved"
    count = len(read)
    assert as_alice("GET", address).content == before
    assert len(read) == count
    assert as_alice("PATCH", f"/items/{item.pk}", {"title": "Pot"}).status_code == 200
    assert [as_alice("GET", address).json()[0]["title"], as_bob("GET", address).json()[0]["title"]] == [
        "Pot",
        "Pot",
    ]

"""Cached rows are those of their entity tag, and the cache has a limit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.api.renderers import encode
from core.projections.fields import READER, Field, Projection, Reader, UndeclaredField
from tests.support.api_clients import Api
from wishlists.api.response_cache import ResponseCache, Rows
from wishlists.api.views import items as view
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Sight
from wishlists.projections.items import project_list

pytestmark = pytest.mark.both


NUMBERED = Projection("numbered", Reader, Field("id", sights=READER))
Projection.all.pop("numbered")  # not one of the product's, which other tests count


def rows(number: int) -> Rows:
    return [NUMBERED.project({"id": one}, Reader.READER) for one in range(number)]


def reader(read: list[str], tag: str, number: int) -> Callable[[], Rows]:
    def run() -> Rows:
        read.append(tag)
        return rows(number)

    return run


def test_same_tag_is_read_once() -> None:
    response_cache, read = ResponseCache(), list[str]()
    for tag in ("a", "a", "b", "a"):
        assert encode(response_cache.answer(tag, reader(read, tag, 1))) == encode(rows(1))
    assert read == ["a", "b"]


def test_least_recently_used_list_is_dropped() -> None:
    response_cache, read = ResponseCache(most=10), list[str]()
    for tag in ("a", "b", "a", "c", "a", "b"):
        response_cache.answer(tag, reader(read, tag, 5))
    assert read == ["a", "b", "c", "b"]


def test_list_above_the_limit_is_not_cached() -> None:
    response_cache = ResponseCache(most=10)
    response_cache.answer("small", lambda: rows(10))
    assert encode(response_cache.answer("large", lambda: rows(11))) == encode(rows(11))
    assert encode(response_cache.answer("small", list)) == encode(rows(10))


def test_rows_that_no_projection_made_are_refused() -> None:
    with pytest.raises(UndeclaredField):
        ResponseCache().answer("tag", lambda: [{"id": 1}])


@pytest.mark.django_db(transaction=True)
def test_each_viewer_gets_their_own_current_rows(
    as_alice: Api, as_bob: Api, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alice is the recipient and sees nothing of what Bob does. Bob sees it at once. Unchanged lists are not read
    again.
    """
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

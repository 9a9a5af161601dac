"""No input is a 5xx: whatever is sent to whatever address, the answer is a 4xx with one sentence (G15)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import User
from tests.support.api_clients import Api, logged_in
from wishlists.models import Item, Wishlist

pytestmark = pytest.mark.both

_LIST = ("title", "description", "due_date", "reveal_at", "sort_order", "policy", "is_public")
_ITEM = ("title", "description", "link_url", "price", "currency", "position", "quantity")

WRITES: list[tuple[str, str, dict[str, Any], tuple[str, ...]]] = [
    ("POST", "/wishlists", {"title": "x"}, _LIST),
    ("PATCH", "/wishlists/{wishlist}", {}, _LIST),
    ("PATCH", "/wishlists/reorder", {}, ("order",)),
    ("POST", "/wishlists/{wishlist}/items", {"title": "x"}, _ITEM),
    ("PUT", "/items/{item}", {}, (*_ITEM, "reservation_status", "reservation_message")),
    ("POST", "/wishlists/{wishlist}/items/{item}/reservations", {}, ("units", "message", "status")),
    ("POST", "/wishlists/{wishlist}/items/{item}/contributions", {"amount": 1}, ("amount", "status")),
    (
        "POST",
        "/wishlists/{wishlist}/shares",
        {"email": "bob@example.com", "role": "viewer"},
        ("email", "role"),
    ),
]


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


VALUES: dict[str, Any] = {
    "NUL": "a\0b",
    "half a surrogate pair": "\ud800",
    "2^63": 2**63,
    "2^64": 2**64,
    "-2^63 - 1": -(2**63) - 1,
    "2^31": 2**31,
    "many digits": "9" * 5000,
    "a huge float": 1e308,
    "a tiny float": 5e-324,
    "scientific": "1e999999999",
    "nested": nested(10),
    "too deep": nested(100),
    "a list": ["x"],
    "an object": {"id": {"sort_order": []}},
    "objects": [{"id": [], "sort_order": {}}],
    "true": True,
    "long": "x" * 100_000,
    "too long for any request": "x" * (1024 * 1024),
    "spaces": " " * 300,
    "bidirectional": "\u202e\u2066x",
    "far away": "9999-12-31T23:59:59-23:59",
    "long ago": "0001-01-01T00:00:00+23:59",
    "digits of another script": "١٢",
}


def is_a_kind_no(answer: Any) -> bool:
    """Either it was taken as it is, or there is a sentence."""
    if answer.status_code < 400:
        return True
    problem = answer.json()
    sentence = problem["detail"]
    return 400 <= answer.status_code < 500 and isinstance(sentence, str) and len(sentence) > 10


@pytest.fixture
def token(alice: User) -> str:
    return logged_in(alice)["access_token"]


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_values(value: Any, token: str, wishlist: Wishlist, item: Item) -> None:
    client = Client(headers={"authorization": f"Bearer {token}"}, raise_request_exception=False)
    for method, address, fine, names in WRITES:
        path = "/api/v1" + address.format(wishlist=wishlist.pk, item=item.pk)
        for name in names:
            answer = client.generic(method, path, json.dumps({**fine, name: value}), "application/json")
            assert is_a_kind_no(answer), (method, address, name, answer.status_code, answer.content[:300])


BODIES = [
    (b"", 200),
    (b"null", 200),
    (b"{}", 200),
    (b"[]", 400),
    (b"1", 400),
    (b'"x"', 400),
    (b"{", 400),
    (b"{'a': 1}", 400),
    (b"\xff\xfe", 400),
    (b'{"title": "\\ud800"}', 400),
    (b'{"a\\u0000": 1}', 400),
    (b'{"a": NaN}', 400),
    (b'{"a": 1e400}', 400),
    (b"[" * 100_000, 400),
    (b'{"a":' * 100_000, 400),
]


def test_bodies(token: str, item: Item) -> None:
    client = Client(headers={"authorization": f"Bearer {token}"}, raise_request_exception=False)
    for body, status in BODIES:
        answer = client.patch(f"/api/v1/items/{item.pk}", body, "application/json")
        assert answer.status_code == status, (body[:20], answer.content)
        assert is_a_kind_no(answer), body[:20]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "", "application/json; charset=utf-16", "nonsense"]
)
def test_media_types(kind: str, token: str, item: Item) -> None:
    client = Client(headers={"authorization": f"Bearer {token}"}, raise_request_exception=False)
    answer = client.generic("PATCH", f"/api/v1/items/{item.pk}", b'{"title": "x"}', kind)
    assert is_a_kind_no(answer)
    assert answer.status_code in (200, 415)


@pytest.mark.parametrize("name", ["page", "page_size"])
def test_pages(name: str, as_alice: Api, wishlist: Wishlist) -> None:
    for page in ("0", "-1", "x", "1e9", "9" * 500, "١", "", "1.0", "2"):
        for path in ("/wishlists", f"/wishlists/{wishlist.pk}/items", "/reservations", "/notifications"):
            query = f"?{name}={quote(page)}" + ("&page=1" if name == "page_size" else "")
            assert is_a_kind_no(as_alice("GET", path + query)), (path, query[:40])


@pytest.mark.parametrize(
    "segment",
    [
        "x",
        "%00",
        "%ff",
        "..",
        "0" * 5000,
        "00000000-0000-0000-0000-00000000000g",
        str(UUID(int=0)),
        "%ED%A0%80",
    ],
)
def test_addresses(segment: str, token: str, wishlist: Wishlist) -> None:
    client = Client(headers={"authorization": f"Bearer {token}"}, raise_request_exception=False)
    for path in (
        f"/wishlists/{segment}",
        f"/wishlists/{wishlist.pk}/items/{segment}",
        f"/items/{segment}",
        f"/reservations/{segment}",
    ):
        answer = client.get(f"/api/v1{path}")
        assert answer.status_code in (400, 404), answer.content
        assert is_a_kind_no(answer)

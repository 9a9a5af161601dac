"""No input behind a link causes a 5xx, on either database (G15)."""

from __future__ import annotations

import pytest

from tests.support.api_clients import Api
from wishlists.models import Guest, Item

pytestmark = pytest.mark.both

HOSTILE = [
    b"", b"null", b"[]", b"7", b"{", b"\xff\xfe", b"[" * 5000, b'{"title": ' * 40 + b"1" + b"}" * 40,
    b'{"title": "a\\u0000b", "guest_name": "a\\u0000b"}',
    b'{"title": "\\ud800", "guest_name": "\\ud800"}',
    b'{"title": ["x"], "guest_name": {"x": 1}, "amount": {"x": 1}, "reservation_status": []}',
    b'{"amount": 9223372036854775808, "guest_name": "G"}',
    b'{"amount": 1e999, "guest_name": "G"}',
    b'{"amount": "NaN", "guest_name": "G"}',
    b'{"amount": 1, "status": "stolen", "guest_name": "G"}',
    b'{"reservation_status": "reserved", "guest_name": "\\u0000"}',
    b'{"reservation_status": "reserved", "guest_name": "G", "guest_email": "\\u0000@example.org"}',
    b'{"reservation_status": "reserved", "manage_token": "\\u0000"}',
    b'{"reservation_status": "reserved", "manage_token": "' + b"A" * 300 + b'"}',
    b'{"title": "' + b"x" * 2_000_000 + b'"}',
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: str(body[:24]))
def test_hostile_bodies_get_a_short_error(body: bytes, anybody: Api, item: Item, token: str) -> None:
    for method, path in (
        ("PATCH", f"/public/wishlists/items/{item.pk}"),
        ("POST", f"/public/wishlists/items/{item.pk}/contributions"),
        ("POST", "/public/wishlists/suggestions"),
    ):
        address = f"/api/v1{path}?token={token}"
        answer = anybody.client.generic(method, address, body, "application/json")
        assert 400 <= answer.status_code < 500, answer.content
        assert answer.json()["detail"]
    assert not Guest.objects.exists()


@pytest.mark.parametrize(
    "sent", ["%00", "%ED%A0%80", "%FF", "a" * 5000, "'; DROP TABLE x", "../../etc", "{}", "0"]
)
def test_hostile_tokens_are_refused(sent: str, anybody: Api, item: Item, token: str) -> None:
    assert 400 <= anybody("GET", f"/public/wishlists?token={sent}").status_code < 500
    header = {"headers": {"x-manage-token": sent}}
    assert anybody("GET", f"/public/reservations?token={token}", **header).status_code == 403
    assert anybody("GET", f"/public/wishlists?token={token}", **header).status_code == 200


@pytest.mark.parametrize("sent", ["\u00e9" * 43, "\x00", "\udcff" * 43])
def test_headers_that_are_not_ascii_are_refused(sent: str, anybody: Api, token: str) -> None:
    answer = anybody.client.get(f"/api/v1/public/reservations?token={token}", HTTP_X_MANAGE_TOKEN=sent)
    assert answer.status_code == 403

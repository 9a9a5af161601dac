"""Guests see what changed since they reserved it, old → new, through the API and on their page, like members."""

from __future__ import annotations

from sharing.tests.conftest import ShareLink
from sharing.tests.factories import ask, mine, page_of
from tests.support.api_clients import Api
from wishlists.models import Item


def test_guest_sees_old_and_new_values(
    anybody: Api, as_alice: Api, share_link: ShareLink, item: Item
) -> None:
    token = mine(share_link, anybody)
    [before] = ask(anybody, "GET", "reservations", share_link, token).json()
    assert (before["changes"], before["is_snapshot"], before["recipients"]) == ({}, False, ["Alice"])
    assert "Changed since you reserved it" not in page_of(token)
    as_alice("PATCH", f"/items/{item.pk}", {"title": "Samovar", "price": 60})
    [after] = ask(anybody, "GET", "reservations", share_link, token).json()
    assert after["changes"] == {
        "title": {"old": "Kettle", "new": "Samovar"},
        "price": {"old": 49.9, "new": 60},
    }
    page = page_of(token)
    assert "Changed since you reserved it" in page
    assert "<del>Kettle</del>" in page
    assert "<ins>Samovar</ins>" in page
    as_alice("DELETE", f"/items/{item.pk}")
    assert ask(anybody, "GET", "reservations", share_link, token).json()[0]["withdrawn"] is True

"""OPTIONS of every route says what it is, to programs and on the pages of the browsable API, and never fails."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.services.links import make_link
from tests.support.api_clients import Api
from tests.twin_worlds import routes
from wishlists.models import Item, Wishlist
from wishlists.tests.services.test_reserving import seen_by

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OF_CORE_ONLY = (200, 401)
"""Whoever is nobody known is asked who they are where the others are, too."""


@pytest.fixture
def addresses(wishlist: Wishlist, item: Item, alice: User) -> list[str]:
    """Every route of the API, about what is there as far as these say it."""
    token = link_token(make_link(wishlist=seen_by(alice, item).wishlist, by=alice)[0])
    there = {"wishlist_id": str(wishlist.pk), "item_id": str(item.pk)}
    return [
        re.sub(r"\{(\w+)\}", lambda name: there.get(name[1], str(UUID(int=7))), f"/{path}".rstrip("/"))
        + (f"?token={token}" if path.startswith("public/") else "")
        for path in routes.API
    ]


def test_it_says_what_is_there(addresses: list[str], as_alice: Api, as_bob: Api) -> None:
    for api in (as_alice, as_bob):
        for address in addresses:
            answer = api("OPTIONS", address)
            assert answer.status_code == 200, address
            assert answer.json()["name"], address


@pytest.mark.once
def test_the_pages_show_it(addresses: list[str], as_bob: Api) -> None:
    """And what one reads there, or why not."""
    for address in addresses:
        assert as_bob("OPTIONS", address, headers=HTML).status_code == 200, address
        assert as_bob("GET", address, headers=HTML).status_code < 500, address


def test_nobody_known_gets_no_further_than_elsewhere(addresses: list[str], api: Api) -> None:
    for address in addresses:
        assert api("OPTIONS", address).status_code in OF_CORE_ONLY, address


def test_it_tells_nothing_of_what_is_there(item: Item, as_alice: Api) -> None:
    """The same of a wish that exists and of one that does not: nothing is looked up."""
    items = f"/wishlists/{item.wishlist_id}/items"
    there, not_there = (as_alice("OPTIONS", f"{items}/{pk}") for pk in (item.pk, UUID(int=7)))
    assert there.json() == not_there.json()

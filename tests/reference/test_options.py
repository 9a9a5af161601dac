"""OPTIONS works for every route, for programs and on the pages of the browsable API."""

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
from wishlists.tests.factories import seen_by

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OF_CORE_ONLY = (200, 401)
"""Statuses for an anonymous user, who gets 401 where a log-in is required."""


@pytest.fixture
def addresses(wishlist: Wishlist, item: Item, alice: User) -> list[str]:
    """Return the address of every route of the API, with existing ids where these fixtures have them."""
    token = link_token(make_link(wishlist=seen_by(alice, item).wishlist, by=alice)[0])
    there = {"wishlist_id": str(wishlist.pk), "item_id": str(item.pk)}
    return [
        re.sub(r"\{(\w+)\}", lambda name: there.get(name[1], str(UUID(int=7))), f"/{path}".rstrip("/"))
        + (f"?token={token}" if path.startswith("public/") else "")
        for path in routes.API
    ]


def test_options_describes_every_route(addresses: list[str], as_alice: Api, as_bob: Api) -> None:
    for api in (as_alice, as_bob):
        for address in addresses:
            answer = api("OPTIONS", address)
            assert answer.status_code == 200, address
            assert answer.json()["name"], address


@pytest.mark.once
def test_options_and_get_work_on_pages(addresses: list[str], as_bob: Api) -> None:
    """The pages of GET work too, or say why not."""
    for address in addresses:
        assert as_bob("OPTIONS", address, headers=HTML).status_code == 200, address
        assert as_bob("GET", address, headers=HTML).status_code < 500, address


def test_anonymous_options_gets_200_or_401(addresses: list[str], api: Api) -> None:
    for address in addresses:
        assert api("OPTIONS", address).status_code in OF_CORE_ONLY, address


def test_options_does_not_reveal_whether_an_item_exists(item: Item, as_alice: Api) -> None:
    """The answer is the same for an item that exists and for one that does not, because nothing is looked up."""
    items = f"/wishlists/{item.wishlist_id}/items"
    there, not_there = (as_alice("OPTIONS", f"{items}/{pk}") for pk in (item.pk, UUID(int=7)))
    assert there.json() == not_there.json()

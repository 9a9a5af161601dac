"""Fixtures of sharing's tests: Alice's link, its token, and a client for each person."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from sharing.services.links import make_link
from tests.support.api_clients import Api
from wishlists.models import Item, Wishlist


class ShareLink:
    """Requests to one list behind its link."""

    def __init__(self, item: Item, token: str) -> None:
        self.item, self.token = item, token

    def patch(self, api: Api, body: dict[str, Any], item: Item | None = None, **options: Any) -> Any:
        return api(
            "PATCH", f"/public/wishlists/items/{(item or self.item).pk}?token={self.token}", body, **options
        )

    def chip_in(self, api: Api, body: dict[str, Any], **options: Any) -> Any:
        path = f"/public/wishlists/items/{self.item.pk}/contributions?token={self.token}"
        return api("POST", path, body, **options)

    def reservations(self, api: Api, manage_token: str = "") -> Any:
        options = {"headers": {"x-manage-token": manage_token}} if manage_token else {}
        return api("GET", f"/public/reservations?token={self.token}", **options)

    def items(self, api: Api) -> Any:
        return api("GET", f"/public/wishlists?token={self.token}").json()["items"]


@pytest.fixture
def link(wishlist: Wishlist, alice: User) -> PublicLink:
    return make_link(wishlist=wishlist, by=alice)[0]


@pytest.fixture
def token(link: PublicLink) -> str:
    return link_token(link)


@pytest.fixture
def share(token: str) -> str:
    """The address of the link's share page."""
    return f"/s/{token}"


@pytest.fixture
def anybody(db: None) -> Api:
    """An API client without an account."""
    return Api()


@pytest.fixture
def limited(wishlist: Wishlist, alice: User) -> PublicLink:
    """Alice's link, limited to two openings."""
    return make_link(wishlist=wishlist, by=alice, max_views=2)[0]


@pytest.fixture
def share_link(item: Item, token: str) -> ShareLink:
    return ShareLink(item, token)


def client_of(user: User | None = None) -> Client:
    """A new browser, logged in as `user` or without an account."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def refused(answer: Any) -> tuple[int, str]:
    """Return the status and the code of a refusal."""
    return answer.status_code, answer.json()["code"]

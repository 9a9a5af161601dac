"""The browsable API shows every resource that can be read, with forms for what can be sent."""

from __future__ import annotations

import pytest

from sharing.access.capabilities import manage_token
from tests.support.api_clients import Api
from wishlists.models import Item, Wishlist
from wishlists.services.lists.people import join_guest

PAGE = {"accept": "text/html"}


@pytest.mark.parametrize("row", ["public-link", "suggestions"])
def test_owner_sees_data_and_forms(row: str, as_alice: Api, wishlist: Wishlist, token: str) -> None:
    page = as_alice("GET", f"/wishlists/{wishlist.pk}/{row}", headers=PAGE)
    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    assert f"/api/v1/wishlists/{wishlist.pk}" in page.content.decode()
    assert ("expires_at" if row == "public-link" else "link_url") in page.content.decode()


def test_link_shows_data(anybody: Api, item: Item, token: str) -> None:
    page = anybody("GET", f"/public/wishlists?token={token}", headers=PAGE)
    assert (page.status_code, "Kettle" in page.content.decode()) == (200, True)
    mine = manage_token(join_guest(wishlist=item.wishlist, name="Grandma"))
    page = anybody("GET", f"/public/reservations?token={token}", headers=PAGE | {"x-manage-token": mine})
    assert page.status_code == 200


@pytest.mark.parametrize("path", ["/items/{}", "/items/{}/contributions", "/suggestions"])
def test_write_only_resources_answer_405_with_a_form(path: str, anybody: Api, item: Item, token: str) -> None:
    page = anybody("GET", f"/public/wishlists{path.format(item.pk)}?token={token}", headers=PAGE)
    assert page.status_code == 405
    assert "<form" in page.content.decode()

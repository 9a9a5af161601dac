"""Only its author sees a draft, until they show it."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from realtime.models import Event
from tests.support.api_clients import Api
from wishlists.models import Activity, Item, Wishlist
from wishlists.models.viewers import Audience
from wishlists.services.lists.people import share_wishlist

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(wishlist: Wishlist, alice: User, bob: User) -> None:
    """Bob as an editor, who may do everything except what only the owner may."""
    share_wishlist(wishlist=wishlist, by=alice, email=bob.email, role="editor")


def write(api: Api, wishlist: Wishlist, **fields: Any) -> dict[str, Any]:
    answer = api("POST", f"/wishlists/{wishlist.pk}/drafts", {"title": "Draft"} | fields)
    assert answer.status_code == 201, answer.json()
    body: dict[str, Any] = answer.json()
    return body


def everything(api: Api, wishlist: Wishlist) -> list[Any]:
    paths = ("items", "activity", "drafts", "events", "delete-impact")
    return [api("GET", f"/wishlists/{wishlist.pk}/{path}").json() for path in paths] + [
        api("GET", "/wishlists").json()
    ]


@pytest.mark.usefixtures("editor")
def test_nobody_else_sees_a_draft(as_alice: Api, as_bob: Api, wishlist: Wishlist, item: Item) -> None:
    """In both directions: a draft of the owner, and a draft of an editor."""
    for author, other in ((as_alice, as_bob), (as_bob, as_alice)):
        before, rows, frames = everything(other, wishlist), Activity.objects.count(), Event.objects.count()
        draft = write(author, wishlist, price=5)["id"]
        path = f"/wishlists/{wishlist.pk}/drafts/{draft}"
        assert author("PATCH", path, {"title": "Better", "quantity": 3}).json()["quantity"] == 3
        assert everything(other, wishlist) == before
        assert (Activity.objects.count(), Event.objects.count()) == (rows, frames)
        for asker, address in ((other, path), (other, f"/items/{draft}"), (author, f"/items/{draft}")):
            assert asker("GET", address).json()["code"] == "no_such_item"
            assert asker("DELETE", address).json()["code"] == "no_such_item"
            assert asker("PATCH", address, {"title": "x"}).json()["code"] == "no_such_item"
        assert other("POST", f"{path}/show").json()["code"] == "no_such_item"
        assert [row["title"] for row in author("GET", f"/wishlists/{wishlist.pk}/drafts").json()] == [
            "Better"
        ]
        assert author("DELETE", path).status_code == 204
        assert everything(other, wishlist) == before


@pytest.mark.usefixtures("editor")
def test_showing_a_draft_adds_it_to_the_list(
    as_alice: Api, as_bob: Api, wishlist: Wishlist, item: Item, bob: User
) -> None:
    draft = write(as_bob, wishlist)["id"]
    lamp = as_alice("POST", f"/wishlists/{wishlist.pk}/items", {"title": "Lamp"}).json()
    before = Event.objects.count()
    shown = as_bob("POST", f"/wishlists/{wishlist.pk}/drafts/{draft}/show")
    assert (shown.status_code, shown.json()["contributed_by_id"]) == (201, str(bob.pk))
    assert (shown.json()["id"], shown.json()["position"]) == (draft, lamp["position"] + 1)
    assert [event.frame.count('"item_added"') for event in Event.objects.order_by("id")[before:]] == [
        1
    ] * len(Audience)
    assert [row["title"] for row in as_alice("GET", f"/wishlists/{wishlist.pk}/items").json()][-1] == "Draft"
    assert as_alice("GET", f"/wishlists/{wishlist.pk}/activity").json()[0]["kind"] == "item_added"
    assert as_bob("GET", f"/wishlists/{wishlist.pk}/drafts").json() == []


def test_only_editors_write_drafts(as_bob: Api, as_charlie: Api, wishlist: Wishlist) -> None:
    path = f"/wishlists/{wishlist.pk}/drafts"
    assert as_bob("POST", path, {"title": "x"}).json()["code"] == "editor_only"
    assert as_charlie("POST", path, {"title": "x"}).status_code == 404
    assert as_bob("GET", path).json() == []


@pytest.mark.parametrize(
    "body", [{"title": ""}, {"title": "x", "price": -1}, {"title": "x", "link_url": "no"}]
)
def test_invalid_draft_is_refused(as_alice: Api, wishlist: Wishlist, body: Any) -> None:
    assert as_alice("POST", f"/wishlists/{wishlist.pk}/drafts", body).status_code == 400


def test_draft_cannot_be_shown_on_a_full_list(
    as_alice: Api, wishlist: Wishlist, item: Item, settings: Any
) -> None:
    settings.MAX_ITEMS_A_LIST = 1
    draft = write(as_alice, wishlist)["id"]
    refused = as_alice("POST", f"/wishlists/{wishlist.pk}/drafts/{draft}/show")
    assert (refused.status_code, refused.json()["code"]) == (409, "list_full")

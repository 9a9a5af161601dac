"""Titles, descriptions and messages: invisible text counts as empty, and a title is one line, wherever it is sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Notification, User
from core.tests.corpus import corpus
from tests.support.api_clients import Api
from wishlists.models import Item, Message, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import edit_item
from wishlists.services.lists.people import share_wishlist

TITLES = [row for row in corpus("texts")["one_line"] if "\0" not in row[0]]
TEXTS = corpus("texts")["many_lines"]


def code_of(answer: Any) -> tuple[int, str, str]:
    [error] = answer.json()["errors"]
    return answer.status_code, error["pointer"], error["code"]


@pytest.mark.once
def test_corpus_texts_are_stored_as_expected(as_alice: Api, item: Item) -> None:
    here = f"/items/{item.pk}"
    for typed, kept, why in TITLES:
        answer = as_alice("PATCH", here, {"title": typed})
        if kept:
            assert answer.json()["title"] == kept, why
        else:
            assert code_of(answer) == (400, "/title", "blank"), why
    for typed, kept, why in TEXTS:
        assert as_alice("PATCH", here, {"description": typed}).json()["description"] == (kept or None), why


@pytest.mark.once
@pytest.mark.parametrize("blank", ["", "\u200b", "\u3164", "\u2800", "\u202e", "\n", "\u0301", None])
def test_blank_optional_text_is_null(as_alice: Api, wishlist: Wishlist, blank: str | None) -> None:
    here = f"/wishlists/{wishlist.pk}"
    as_alice("PATCH", here, {"description": "Words", "recipient_name": "Mia"})
    stored = as_alice("PATCH", here, {"description": blank, "recipient_name": blank}).json()
    assert (stored["description"], stored["recipient_name"]) == (None, None)


@pytest.mark.parametrize("blank", ["\u200b", "\u3164", "\u2800", "\u202e", "\ufe0f"])
def test_no_endpoint_accepts_a_blank_text(
    as_alice: Api, as_bob: Api, alice: User, item: Item, blank: str
) -> None:
    here = f"/wishlists/{item.wishlist_id}"
    assert code_of(as_alice("POST", "/wishlists", {"title": blank})) == (400, "/title", "blank")
    assert code_of(as_alice("POST", f"{here}/items", {"title": blank})) == (400, "/title", "blank")
    assert code_of(as_alice("PATCH", here, {"title": blank})) == (400, "/title", "blank")
    assert code_of(as_bob("POST", f"{here}/suggestions", {"title": blank})) == (400, "/title", "blank")
    refused = as_bob("POST", f"{here}/items/{item.pk}/messages", {"lane": "givers", "text": blank})
    assert code_of(refused) == (400, "/text", "blank")
    browser = Client()
    browser.force_login(alice)
    assert browser.post("/lists", {"title": blank}).status_code == 422
    assert browser.post(f"/lists/{item.wishlist_id}/settings", {"title": blank}).status_code == 422
    assert not Message.objects.exists()
    assert set(Wishlist.objects.values_list("title", flat=True)) == {"Alice's birthday"}


def test_admin_refuses_blank_titles_and_joins_lines(item: Item, charlie: User) -> None:
    admin = Client()
    admin.force_login(User.objects.create_superuser("root@example.com", None, display_name="Root"))
    here, typed = f"/admin/wishlists/item/{item.pk}/change/", {"position": "0"}
    assert admin.post(here, typed | {"title": "\u200b\u3164"}).status_code == 200
    page = admin.post(here, typed | {"title": "Kettle\u2028pot", "description": "one\r\ntwo\u202e"})
    assert page.status_code == 302
    item.refresh_from_db()
    assert (item.title, item.description) == ("Kettle pot", "one\ntwo")


def test_services_join_lines_of_titles(alice: User, item: Item) -> None:
    """Services may be called without a serializer, for example by an import."""
    seen = Item.objects.get(pk=item.pk)
    edited = edit_item(item=seen, by=Viewer(user=alice), title="Ket\u200btle\npot", description="one\r\ntwo")
    assert (edited.title, edited.description) == ("Kettle pot", "one\ntwo")


def test_notice_title_is_one_line(alice: User, charlie: User, wishlist: Wishlist) -> None:
    """Even if it contains a title from before titles were limited to one line."""
    Wishlist.objects.filter(pk=wishlist.pk).update(title="Birth\u200bday\nof Alice")
    seen = Wishlist.objects.get(pk=wishlist.pk)
    share_wishlist(wishlist=seen, by=alice, email=charlie.email, role="viewer")
    assert Notification.objects.get(user=charlie).title == "Alice shared “Birthday of Alice” with you"

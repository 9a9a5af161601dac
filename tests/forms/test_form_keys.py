"""Form keys: to whom a key belongs, how long it is valid, and concurrent requests with one key (docs/forms.md)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import StoredAnswer, User
from tests.support.browsing import as_user
from tests.support.markup import masked
from wishlists.models import Guest, Item, Reservation, Wishlist

pytestmark = pytest.mark.both

KEY = {"form_key": "kBvQ1x.0123456789abcdef.1"}
HTMX = {"HX-Request": "true"}


# --- to whom a key belongs, and for how long ---------------------------------------------------------------------


def test_keys_are_separate_per_user(alices: Client, bobs: Client) -> None:
    for client in (alices, bobs):
        client.post("/lists", {"title": "A", **KEY})
    assert Wishlist.objects.count() == 2


def test_keys_are_separate_per_anonymous_browser(item: Item, share_of: str) -> None:
    card = f"{share_of}/items/{item.pk}/chip-in"
    for _ in range(2):
        stranger = Client()
        stranger.get(share_of)
        assert stranger.post(card, {"amount": "5", "name": "Mia", **KEY}).status_code == 303
    assert Guest.objects.count() == 2


@pytest.fixture
def share_of(wishlist: Wishlist, alice: User) -> str:
    from sharing.access.capabilities import link_token
    from sharing.services.links import make_link

    return f"/s/{link_token(make_link(wishlist=wishlist, by=alice)[0])}"


def test_edited_form_with_the_same_key_is_saved(alices: Client) -> None:
    """The user goes back, edits the text and sends it again: the new text is saved."""
    for title in ("A", "B", "A"):
        alices.post("/lists", {"title": title, **KEY})
    assert set(Wishlist.objects.values_list("title", flat=True)) == {"A", "B"}
    assert Wishlist.objects.count() == 2


def test_refused_form_is_tried_again(bobs: Client, item: Item, bob: User) -> None:
    path = f"/lists/{item.wishlist_id}/items/{item.pk}"
    Item.objects.filter(pk=item.pk).update(removed_at="2026-01-01T00:00:00Z")
    assert bobs.post(path, {"action": "reserve", **KEY}).status_code == 404
    Item.objects.filter(pk=item.pk).update(removed_at=None)
    assert bobs.post(path, {"action": "reserve", **KEY}).status_code == 303
    assert Reservation.objects.active().get().user == bob


def test_same_form_with_and_without_htmx_takes_effect_once(bobs: Client, item: Item) -> None:
    path, form = f"/lists/{item.wishlist_id}/items/{item.pk}/chip-in", {"amount": "5", **KEY}
    drawn = [bobs.post(path, form, headers=HTMX) for _ in range(2)]
    assert masked(drawn[0]) == masked(drawn[1])
    assert "Thank you for chipping in!" in drawn[1].text
    assert bobs.post(path, form).status_code == 303
    assert item.contributions.count() == 1


def test_repeated_form_restores_the_guest_cookie(item: Item, share_of: str) -> None:
    """The browser lost the first answer, and its cookie."""
    stranger = Client()
    stranger.get(share_of)
    kept = dict(stranger.cookies)
    form = {"action": "reserve", "name": "Mia", **KEY}
    stranger.post(f"{share_of}/items/{item.pk}", form)
    stranger.cookies.clear()
    stranger.cookies.update(kept)
    again = stranger.post(f"{share_of}/items/{item.pk}", form, headers=HTMX)
    assert "Cancel reservation" in again.text
    assert "Cancel reservation" in stranger.get(share_of).text
    assert Guest.objects.count() == 1


def test_late_repetition_says_that_the_form_was_sent_before(bobs: Client, item: Item) -> None:
    path, form = f"/lists/{item.wishlist_id}/items/{item.pk}", {"action": "reserve", **KEY}
    bobs.post(path, form)
    bobs.post(path, {"action": "release"})
    StoredAnswer.objects.update(created_at="2026-01-01T00:00:00Z")
    again = bobs.post(path, form, headers=HTMX)
    assert "You already sent this form" in again.text
    assert not Reservation.objects.active().exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keyed", [True, False], ids=["with key", "control: without key"])
def test_concurrent_forms_with_one_key_create_one_list(keyed: bool, alice: User) -> None:
    clients = [as_user(alice) for _ in range(6)]

    def press(client: Client) -> Any:
        try:
            return client.post("/lists", {"title": "A"} | (KEY if keyed else {}))["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        places = set(pool.map(press, clients))
    made = Wishlist.objects.count()
    assert (made, len(places)) == ((1, 1) if keyed else (6, 6))

"""Whose the key of a form is, for how long, and what many presses at once come to (docs/forms.md)."""

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

KEY = {"form_key": "kBvQ1x.0123456789abcdef.1"}
HTMX = {"HX-Request": "true"}


# --- whose a key is, and how long --------------------------------------------------------------------------------


def test_keys_are_each_persons(alices: Client, bobs: Client) -> None:
    for client in (alices, bobs):
        client.post("/lists", {"title": "A", **KEY})
    assert Wishlist.objects.count() == 2


def test_keys_of_strangers_are_each_browsers(item: Item, share_of: str) -> None:
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


def test_what_was_changed_in_the_form_is_another_wish(alices: Client) -> None:
    """Back, other words, send: what was typed is not lost."""
    for title in ("A", "B", "A"):
        alices.post("/lists", {"title": title, **KEY})
    assert set(Wishlist.objects.values_list("title", flat=True)) == {"A", "B"}
    assert Wishlist.objects.count() == 2


def test_what_was_refused_is_tried_anew(bobs: Client, item: Item, bob: User) -> None:
    path = f"/lists/{item.wishlist_id}/items/{item.pk}"
    Item.objects.filter(pk=item.pk).update(removed_at="2026-01-01T00:00:00Z")
    assert bobs.post(path, {"action": "reserve", **KEY}).status_code == 404
    Item.objects.filter(pk=item.pk).update(removed_at=None)
    assert bobs.post(path, {"action": "reserve", **KEY}).status_code == 303
    assert Reservation.objects.active().get().user == bob


def test_by_htmx_and_without_it_is_one_form(bobs: Client, item: Item) -> None:
    path, form = f"/lists/{item.wishlist_id}/items/{item.pk}/chip-in", {"amount": "5", **KEY}
    drawn = [bobs.post(path, form, headers=HTMX) for _ in range(2)]
    assert masked(drawn[0]) == masked(drawn[1])
    assert "Thank you for chipping in!" in drawn[1].text
    assert bobs.post(path, form).status_code == 303
    assert item.contributions.count() == 1


def test_a_stranger_who_heard_no_answer_is_known_by_the_second(item: Item, share_of: str) -> None:
    """The browser dropped the first answer, and the cookie with it."""
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


def test_later_it_says_that_it_was_sent_before(bobs: Client, item: Item) -> None:
    path, form = f"/lists/{item.wishlist_id}/items/{item.pk}", {"action": "reserve", **KEY}
    bobs.post(path, form)
    bobs.post(path, {"action": "release"})
    StoredAnswer.objects.update(created_at="2026-01-01T00:00:00Z")
    again = bobs.post(path, form, headers=HTMX)
    assert "You already sent this form" in again.text
    assert not Reservation.objects.active().exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keyed", [True, False], ids=["with its key", "control, without"])
def test_many_requests_at_once_make_one_list(keyed: bool, alice: User) -> None:
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

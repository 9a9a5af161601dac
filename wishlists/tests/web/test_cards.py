"""What givers do on cards besides reserving and releasing: stages, units, the waitlist, and offers."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.support.browsing import as_user
from tests.support.markup import card_of
from wishlists.models import Guest, Item, Reservation, WaitlistEntry, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item
from wishlists.services.lists.people import share_wishlist
from wishlists.services.lists.secret_additions import add_secret_item
from wishlists.tests.factories import take, widen


@pytest.fixture
def doras(dora: User, wishlist: Wishlist, alice: User) -> Client:
    share_wishlist(wishlist=wishlist, by=alice, email=dora.email, role="viewer")
    return as_user(dora)


@pytest.fixture
def address(wishlist: Wishlist) -> str:
    return f"/lists/{wishlist.pk}"


def submit(client: Client, address: str, item: Item, action: str, **more: str) -> str:
    """Submit an action without JavaScript, and return the card of the page that follows."""
    answer = client.post(f"{address}/items/{item.pk}", {"action": action, **more})
    assert answer.status_code == 303
    return card_of(client.get(address), item.title)


def badge_of(card: str) -> str:
    return _within(card, r'class="badge">([^<]*)<')


def notice_of(card: str) -> str:
    return _within(card, r'class="card-notice[^>]*>([^<]*)<')


def _within(card: str, pattern: str) -> str:
    found = re.search(pattern, card)
    return html.unescape(found[1]) if found else ""


@pytest.mark.once
def test_buttons_lead_to_next_and_previous_stage(bobs: Client, address: str, item: Item) -> None:
    card = submit(bobs, address, item, "reserve")
    for button, action, says in (
        ("Mark as bought", "purchase", "Bought by you"),
        ("Mark as arrived", "arrived", "Bought by you · arrived"),
        ("Mark as wrapped", "wrapped", "Bought by you · wrapped"),
        ("Mark as given", "given", "Bought by you · given"),
    ):
        assert button in card
        card = submit(bobs, address, item, action)
        assert badge_of(card) == says
    for button, action, says in (
        ("Mark as not given", "wrapped", "Bought by you · wrapped"),
        ("Mark as not wrapped", "arrived", "Bought by you · arrived"),
        ("Mark as not arrived", "ordered", "Bought by you"),
        ("Mark as not bought", "reserve", "Reserved by you"),
    ):
        assert button in card
        card = submit(bobs, address, item, action)
        assert badge_of(card) == says


@pytest.mark.once
def test_stage_of_another_givers_reservation_is_refused(bobs: Client, address: str, item: Item) -> None:
    assert "You don't have this reservation." in notice_of(submit(bobs, address, item, "arrived"))


@pytest.mark.once
def test_change_the_number_of_units(bobs: Client, address: str, item: Item, alice: User) -> None:
    widen(item, 5, alice)
    card = submit(bobs, address, item, "reserve", units="2")
    assert badge_of(card) == "2 reserved by you"
    assert 'max="5"' in card
    submit(bobs, address, item, "purchase")
    card = submit(bobs, address, item, "units", units="4")
    assert badge_of(card) == "4 bought by you"
    assert Reservation.objects.get().units == 4
    assert bobs.post(f"{address}/items/{item.pk}", {"action": "units", "units": "10001"}).status_code == 422


def test_join_and_leave_the_waitlist(bobs: Client, doras: Client, address: str, item: Item) -> None:
    assert "Join the waiting list" not in card_of(doras.get(address), item.title)
    assert "Join the waiting list" not in submit(bobs, address, item, "reserve")
    assert "Join the waiting list" in card_of(doras.get(address), item.title)
    card = submit(doras, address, item, "wait")
    assert "first in line" in card
    assert "You're on the waiting list." in notice_of(card)
    card = submit(doras, address, item, "leave")
    assert "Join the waiting list" in card
    assert not WaitlistEntry.objects.in_line().exists()


def test_card_shows_the_place_in_line(
    doras: Client, bob: User, address: str, item: Item, wishlist: Wishlist
) -> None:
    take(item, bob)
    WaitlistEntry.objects.create(item=item, guest=Guest.objects.create(wishlist=wishlist, name="Grandma"))
    assert "You're second in line." in submit(doras, address, item, "wait")


def test_offer_is_shown_and_accepted(bobs: Client, doras: Client, address: str, item: Item) -> None:
    submit(bobs, address, item, "reserve")
    submit(doras, address, item, "wait")
    submit(bobs, address, item, "release")
    card = card_of(doras.get(address), item.title)
    assert badge_of(card) == "Held for you"
    shown = html.unescape(card)
    assert all(text in shown for text in ("It's your turn. We hold it for you until", "Reserve", "Decline"))
    assert badge_of(submit(doras, address, item, "reserve")) == "Reserved by you"


def test_card_shows_the_last_day_to_buy(bobs: Client, address: str, item: Item, wishlist: Wishlist) -> None:
    Wishlist.objects.filter(pk=wishlist.pk).update(lapse_days=5, time_zone="Pacific/Auckland")
    card = submit(bobs, address, item, "reserve")
    last = (timezone.now() + timedelta(hours=13)).date() + timedelta(days=5)
    assert f"{last:%b}" in card
    assert "or others can reserve it again" in card
    assert "or it is free" not in submit(bobs, address, item, "purchase")


def test_marked_item_has_no_waitlist(doras: Client, address: str, item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(mark="set_aside")
    assert "Join the waiting list" not in card_of(doras.get(address), item.title)


@pytest.mark.parametrize("action", ["wait", "leave", "arrived", "units"])
def test_recipient_gets_the_same_answer_taken_or_not(
    action: str, alice: User, bob: User, address: str, item: Item
) -> None:
    notices = []
    for taken in (False, True):
        if taken:
            take(item, bob)
        notices.append(notice_of(submit(as_user(alice), address, item, action)))
    assert notices[0] == notices[1] != ""


@pytest.mark.once
def test_alternative_is_chosen_on_the_edit_page(
    alice: User, bobs: Client, address: str, item: Item, wishlist: Wishlist
) -> None:
    """Chosen on the page of one of the two. Then reserving one closes the other."""
    pot = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Pot")
    alices, edit = as_user(alice), f"{address}/items/{pot.pk}/edit"
    assert "Alternative to this wish" in alices.get(edit).text
    full = {"title": "Pot", "currency": "EUR", "quantity": "1"}
    assert alices.post(edit, full | {"one_of": str(item.pk)}).status_code == 303
    assert choice_of(item) == choice_of(pot) != ""
    submit(bobs, address, item, "reserve")
    assert badge_of(card_of(bobs.get(address), "Pot")) == "Reserved"
    assert alices.post(edit, full | {"one_of": str(item.pk)}).status_code == 303
    assert choice_of(item) == choice_of(pot) != ""
    assert alices.post(edit, full | {"one_of": ""}).status_code == 303
    assert choice_of(pot) == ""
    assert alices.post(edit, full | {"one_of": str(wishlist.pk)}).status_code == 422


def test_card_names_its_alternatives(
    alice: User, bob: User, bobs: Client, address: str, item: Item, wishlist: Wishlist
) -> None:
    """For every viewer, but never an alternative that they may not know about."""
    choice, hint = uuid4(), "Either this or "
    Item.objects.filter(pk=item.pk).update(choice=choice)
    for title, among in (("Pot", choice), ("Lamp", None)):
        add_item(wishlist=wishlist, by=Viewer(user=alice), title=title, choice=among)
    his = Wishlist.objects.get(pk=wishlist.pk)
    add_secret_item(wishlist=his, by=Viewer(user=bob), title="Samovar", choice=choice)
    assert f"{hint}“Pot”, not both." in card_of(as_user(alice).get(address), "Kettle")
    assert f"{hint}“Pot”, not both." in card_of(bobs.get(address), "Kettle")
    alone = bobs.get(f"{address}/items/{item.pk}")
    assert f"{hint}“Pot”, not both." in card_of(alone, "Kettle"), "also where one card is drawn"
    assert hint not in card_of(bobs.get(address), "Lamp")
    assert hint not in card_of(bobs.get(address), "Samovar"), (
        "a secret one closes nothing that all may know of"
    )


def choice_of(item: Item) -> str:
    item.refresh_from_db()
    return str(item.choice or "")

"""On a list whose guests identify themselves first, visitors learn on no channel what is taken.

Everything that a browser with the link can read is read before and after somebody gave, and must stay the same. The
control is the same list without the setting.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from realtime.access import enter, shown_by_guest, way_by_link
from realtime.log.stream_reader import read_snapshot
from realtime.log.streams import list_key, position_of
from realtime.models import Event
from sharing.access.capabilities import guest_code
from sharing.services.confirming import confirm_guest
from tests.policies.stage import give
from tests.support.api_clients import Api
from wishlists.access import viewpoint
from wishlists.models import Guest, Item, Reservation, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.services.lists.items import edit_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def anybody(db: None) -> Api:
    """A browser that is not known."""
    return Api()


def socket_answers(token: str, wishlist: Wishlist, manage_token: str | None = None) -> Any:
    """Return what a socket gets: the snapshot, and the position of its stream."""
    way = shown_by_guest(way_by_link(token, None), manage_token)
    key = list_key(wishlist.pk, enter(way))
    frames = list(Event.objects.filter(stream__key=key).values_list("frame", flat=True))
    return position_of(key), read_snapshot(key, wishlist.pk, enter(way)).text, frames


def steady(page: str) -> str:
    return re.sub(r'<input type="hidden"[^>]*>|nonce="[^"]*"', "", page)


def observed(api: Api, browser: Client, token: str, item: Item) -> dict[str, Any]:
    """Return everything that can be read with the link."""
    asked = f"?token={token}"
    paths = ["/public/wishlists", "/public/collections", "/public/pot/contributions", "/public/events"]
    paths += ["/public/who-sees", f"/public/wishlists/items/{item.pk}/messages"]
    seen: dict[str, Any] = {path: api("GET", path + asked).text for path in paths}
    for page in ("", "/collecting", f"/items/{item.pk}", f"/items/{item.pk}/talk"):
        seen[f"page{page}"] = steady(browser.get(f"/s/{token}{page}").text)
    return seen | {"socket": socket_answers(token, item.wishlist)}


@pytest.mark.parametrize("policy", ["surprise", "status", "open"])
def test_visitor_learns_nothing_of_giving(
    policy: str, anybody: Api, identifying: Wishlist, item: Item, token: str, bob: User
) -> None:
    Wishlist.objects.filter(pk=identifying.pk).update(policy=policy)
    browser = Client()
    before = observed(anybody, browser, token, item)
    give(item, bob)
    after = observed(anybody, browser, token, item)
    assert {name for name in before if before[name] != after[name]} == set()
    assert '"reservation_status":"available"' in after["/public/wishlists"]
    assert "Available" not in after["page"]
    assert "Give your name" in after["page"] or "give your name" in after["page"]


def test_control_every_answer_shows_giving_without_the_setting(
    anybody: Api, identifying: Wishlist, item: Item, token: str, bob: User
) -> None:
    Wishlist.objects.filter(pk=identifying.pk).update(guests_identify=False)
    before = observed(anybody, Client(), token, item)
    give(item, bob)
    after = observed(anybody, Client(), token, item)
    moved = {name for name in before if before[name] != after[name]}
    assert {
        "/public/wishlists",
        "/public/collections",
        "/public/pot/contributions",
        "page",
        "socket",
    } <= moved


def test_control_visitor_taken_for_the_public_sees_giving(
    anybody: Api, identifying: Wishlist, item: Item, token: str, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewpoint, "is_identified", lambda _viewer, _wishlist: True)
    before = observed(anybody, Client(), token, item)
    give(item, bob)
    assert observed(anybody, Client(), token, item) != before


def test_visitor_gets_edits(identifying: Wishlist, item: Item, token: str, alice: User, bob: User) -> None:
    give(item, bob)
    before, _snapshot, _frames = socket_answers(token, identifying)
    there = Item.objects.get(pk=item.pk)
    edit_item(item=there, by=Viewer(user=alice), title="Samovar")
    after, _snapshot, frames = socket_answers(token, identifying)
    assert after.seq == before.seq + 1
    assert '"title":"Samovar"' in frames[-1]
    assert '"reservation_status":"available"' in frames[-1]


def named(anybody: Api, token: str, **more: Any) -> str:
    answer = anybody("POST", f"/public/guests?token={token}", {"guest_name": "Grandma"} | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["manage_token"])


def status_of(anybody: Api, token: str, item: Item, manage_token: str = "") -> str:
    known = {"headers": {"X-Manage-Token": manage_token}} if manage_token else {}
    rows = anybody("GET", f"/public/wishlists?token={token}", **known).json()["items"]
    return str(next(row["reservation_status"] for row in rows if row["id"] == str(item.pk)))


def test_guest_who_gave_a_name_sees_what_is_taken(
    anybody: Api, identifying: Wishlist, item: Item, token: str, bob: User
) -> None:
    give(item, bob)
    manage_token = named(anybody, token)
    assert status_of(anybody, token, item) == "available"
    assert status_of(anybody, token, item, manage_token) == "purchased"
    assert enter(shown_by_guest(way_by_link(token, None), manage_token)) is Audience.PUBLIC
    assert enter(shown_by_guest(way_by_link(token, None), "nonsense")) is Audience.VISITOR
    assert anybody("POST", f"/public/guests?token={token}", {}).status_code == 400


def test_guest_of_another_list_is_a_visitor(
    anybody: Api, identifying: Wishlist, item: Item, token: str, bob: User, as_bob: Api
) -> None:
    other = as_bob("POST", "/wishlists", {"title": "Bob's"}).json()["id"]
    elsewhere = as_bob("POST", f"/wishlists/{other}/public-link", {}).json()["token"]
    manage_token = named(anybody, elsewhere)
    give(item, bob)
    assert status_of(anybody, token, item, manage_token) == "available"
    assert enter(shown_by_guest(way_by_link(token, None), manage_token)) is Audience.VISITOR


def test_unconfirmed_guest_sees_nothing_if_a_code_is_required(
    anybody: Api, identifying: Wishlist, item: Item, token: str, bob: User
) -> None:
    Wishlist.objects.filter(pk=identifying.pk).update(guests_confirm=True)
    give(item, bob)
    manage_token = named(anybody, token, guest_email="grandma@example.com")
    assert status_of(anybody, token, item, manage_token) == "available"
    guest = Guest.objects.get()
    confirm_guest(guest=guest, code=guest_code(guest.letters.get()))
    assert status_of(anybody, token, item, manage_token) == "purchased"


def test_contract_client_reserves_with_a_name_at_once(
    anybody: Api, identifying: Wishlist, item: Item, token: str
) -> None:
    place = f"/public/wishlists/items/{item.pk}?token={token}"
    made = anybody("PATCH", place, {"reservation_status": "reserved", "guest_name": "Grandma"})
    assert (made.status_code, made.json()["reservation_status"]) == (200, "reserved")
    assert Reservation.objects.active().get().guest is not None
    lost = anybody("PATCH", place, {"reservation_status": "reserved", "guest_name": "Uncle"})
    assert (lost.status_code, lost.json()["current_item"]["reservation_status"]) == (409, "reserved")
    for taken in (item, Item.objects.get(title="Lamp")):
        unnamed = anybody(
            "PATCH", f"/public/wishlists/items/{taken.pk}?token={token}", {"reservation_status": "reserved"}
        )
        assert (unnamed.status_code, unnamed.json()["code"]) == (400, "guest_name_required")


def test_unconfirmed_guest_sees_their_own_reservation(
    anybody: Api, identifying: Wishlist, item: Item, token: str
) -> None:
    Wishlist.objects.filter(pk=identifying.pk).update(guests_confirm=True)
    who = {"guest_name": "Grandma", "guest_email": "grandma@example.com"}
    place = f"/public/wishlists/items/{item.pk}?token={token}"
    made = anybody("PATCH", place, {"reservation_status": "reserved"} | who)
    assert made.json()["reservation_status"] == "reserved"


def test_people_with_an_account_need_not_identify_themselves(
    as_bob: Api, identifying: Wishlist, item: Item, token: str, bob: User
) -> None:
    give(item, bob)
    assert status_of(as_bob, token, item) == "purchased"


def test_page_asks_visitors_for_a_name_and_then_shows_the_list(
    identifying: Wishlist, item: Item, token: str, bob: User
) -> None:
    give(item, bob)
    browser = Client()
    assert "Give your name to see what is already taken." in browser.get(f"/s/{token}").text
    assert browser.post(f"/s/{token}/name", {"name": ""}).status_code == 422
    assert browser.post(f"/s/{token}/name", {"name": "Grandma"}).status_code == 303
    shown = browser.get(f"/s/{token}").text
    assert "What is taken is hidden" not in shown
    assert "data-live-guest" in shown
    assert ">Bought<" in shown


def test_first_card_action_reloads_the_page(identifying: Wishlist, item: Item, token: str) -> None:
    browser, htmx = Client(), {"HX-Request": "true"}
    answer = browser.post(
        f"/s/{token}/items/{item.pk}", {"action": "reserve", "name": "Grandma"}, headers=htmx
    )
    assert answer.headers["HX-Refresh"] == "true"
    assert "Reserved for you. Others see that it&#x27;s taken." in browser.get(f"/s/{token}").text


def test_setting_stays_on_after_sharing_started(as_alice: Api, wishlist: Wishlist, token: str) -> None:
    place = f"/wishlists/{wishlist.pk}"
    on = {"guests_identify": True, "guests_confirm": True}
    assert as_alice("PATCH", place, on).json()["guests_identify"] is True
    for off in ({"guests_identify": False}, {"guests_confirm": False}):
        assert as_alice("PATCH", place, off).json()["code"] == "secret_sealed"


def test_sharing_page_warns_that_the_link_spoils_the_surprise(
    wishlist: Wishlist, token: str, alice: User
) -> None:
    browser = Client()
    browser.force_login(alice)
    address = f"/lists/{wishlist.pk}/sharing"
    assert "That spoils your surprise." in browser.get(address).text
    assert "Ask guests for their name first" in browser.get(address).text
    Wishlist.objects.filter(pk=wishlist.pk).update(guests_identify=True)
    assert "A name can be made up." in browser.get(address).text

"""A calendar and a news feed at secret addresses: what is in them, 304, and revoking."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from icalendar import Calendar

from accounts.models import User
from core.http.redaction import redact
from notices.models import FeedLink
from notices.services.choosing import choose_channels
from notices.tests.conftest import tell
from tests.support.api_clients import Api
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.lists import edit_wishlist
from wishlists.services.lists.people import remove_member
from wishlists.services.reserving import reserve_item

Get = Any


def made(api: Api, kind: str) -> str:
    answer = api("POST", "/users/me/feeds", {"kind": kind})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["url"]).removeprefix(settings.SITE_URL)


def events(address: str) -> list[tuple[str, date]]:
    answer = Client().get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    found: list[Any] = Calendar.from_ical(answer.content).walk("VEVENT")
    return [(str(event["summary"]), event["dtstart"].dt) for event in found]


@pytest.fixture
def dated(wishlist: Wishlist) -> Wishlist:
    Wishlist.objects.update(due_date=date(2026, 12, 24), reveal_on=date(2026, 12, 25))
    return Wishlist.objects.get(pk=wishlist.pk)


def test_calendar_has_the_days_of_lists_that_one_is_on(
    dated: Wishlist, as_bob: Api, as_charlie: Api, bob: User
) -> None:
    mine, other = made(as_bob, "calendar"), made(as_charlie, "calendar")
    assert events(mine) == [
        (dated.title, date(2026, 12, 24)), (f"“{dated.title}”: gifts are revealed", date(2026, 12, 25)),
    ]  # fmt: skip
    assert events(other) == []
    assert events(f"/api/v1{mine}") == events(mine)
    remove_member(wishlist=dated, user=bob, by=dated.owner)
    assert events(mine) == []


def test_calendar_of_a_recipient_does_not_change_when_somebody_gives(
    dated: Wishlist, item: Item, bob: User, as_alice: Api
) -> None:
    address = made(as_alice, "calendar")
    before = Client().get(address)
    reserve_item(item=item, by=Viewer(user=bob))
    after = Client().get(address)
    assert after.content == before.content
    assert after["ETag"] == before["ETag"]


def test_news_are_those_of_the_inbox(bob: User, as_bob: Api) -> None:
    address = made(as_bob, "news")
    choose_channels(user=bob, wanted={"thanks": {"in_app": False}})
    tell(bob, "thanks", "Not for the inbox")
    tell(bob, "wishlist_shared", "A <b>list</b> for you", body="Have a look.")
    text = Client().get(address).content.decode()
    assert "A &lt;b&gt;list&lt;/b&gt; for you" in text
    assert "Have a look." in text
    assert "Not for the inbox" not in text


@pytest.mark.parametrize("kind", ["calendar", "news"])
def test_unchanged_feed_is_304(kind: str, as_bob: Api, bob: User, wishlist: Wishlist) -> None:
    address = made(as_bob, kind)
    tag = Client().get(address)["ETag"]
    again = Client().get(address, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    tell(bob, "wishlist_shared", "New")
    edit_wishlist(wishlist=wishlist, by=wishlist.owner, due_date=date(2030, 1, 1))
    assert Client().get(address, headers={"If-None-Match": tag}).status_code == 200


def test_secret_is_shown_once_and_nothing_usable_is_stored(as_bob: Api) -> None:
    address = made(as_bob, "news")
    secret = address.split("/")[2].removesuffix(".atom")
    [row] = as_bob("GET", "/users/me/feeds").json()
    assert secret not in str(row)
    assert secret not in str(FeedLink.objects.values().get())
    assert secret not in redact(f"GET {address} 200")


def test_revoked_or_deactivated_it_is_gone(as_bob: Api, bob: User) -> None:
    first, second = made(as_bob, "news"), made(as_bob, "news")
    assert Client().get(first.replace("/feeds/", "/calendar/").replace(".atom", ".ics")).status_code == 404
    newest = as_bob("GET", "/users/me/feeds").json()[0]["id"]
    assert as_bob("DELETE", f"/users/me/feeds/{newest}").status_code == 204
    assert as_bob("DELETE", f"/users/me/feeds/{newest}").status_code == 404
    assert [Client().get(address).status_code for address in (first, second)] == [200, 404]
    bob.is_active = False
    bob.save()
    assert Client().get(first).status_code == 404

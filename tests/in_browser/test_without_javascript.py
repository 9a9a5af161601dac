"""Giving with scripts switched off, through forms and reloads."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.in_browser.conftest import OpenWindow
from tests.in_browser.hands import badge, card, reserve_as_guest, take_back, wait_until_live
from wishlists.models import Item
from wishlists.models.viewers import Viewer
from wishlists.services.reserving import reserve_item

pytestmark = pytest.mark.once


def test_guests_with_and_without_scripts_see_each_other(
    open_window: OpenWindow, share: str, item: Item
) -> None:
    plain, other = open_window(share, java_script_enabled=False), open_window(share)
    wait_until_live(other)
    reserve_as_guest(plain)
    expect(badge(plain)).to_have_text("Reserved by you")
    expect(card(plain).locator(".card-notice")).to_have_text("Reserved for you. Others see that it's taken.")
    assert plain.url.endswith(f"{share}#item-{item.pk}")
    expect(badge(other)).to_have_text("Reserved")
    expect(card(other).locator("summary", has_text="Reserve")).to_have_count(0)  # the answer has arrived
    take_back(plain)
    expect(badge(plain)).to_have_text("Available")
    expect(badge(other)).to_have_text("Available")
    reserve_as_guest(other)
    expect(badge(other)).to_have_text("Reserved by you")
    expect(badge(plain)).to_have_text("Available")
    plain.reload()
    expect(badge(plain)).to_have_text("Reserved")


def test_error_leads_to_its_field(open_window: OpenWindow, share: str, item: Item) -> None:
    plain = open_window(share, java_script_enabled=False)
    reserve_as_guest(plain, name=" ")
    expect(card(plain).locator(".errorlist")).to_have_text("Enter a name so that others know who you are.")
    expect(card(plain).get_by_role("textbox", name="Your name")).to_be_visible()


@pytest.mark.smoke
def test_owner_adds_an_item(open_window: OpenWindow, item: Item, alice: User) -> None:
    hers = open_window(f"/lists/{item.wishlist_id}", by=alice, java_script_enabled=False)
    hers.get_by_text("Add a wish").click()
    hers.get_by_label("What do you wish for?").fill("A red umbrella")
    hers.get_by_role("button", name="Add", exact=True).click()
    expect(card(hers, "A red umbrella")).to_be_visible()


def test_giver_changes_the_stage_cancels_and_reserves_again(
    open_window: OpenWindow, item: Item, bob: User
) -> None:
    taken = Item.objects.get(pk=item.pk)
    reserve_item(item=taken, by=Viewer(user=bob))
    his = open_window("/gifts", by=bob, java_script_enabled=False)
    his.get_by_role("checkbox", name="Select").check()
    his.get_by_role("button", name="Mark selected gifts as bought").click()
    expect(his.get_by_text("1 gift was marked as bought. We'll e-mail you a confirmation.")).to_be_visible()
    his.get_by_role("button", name="Mark as arrived").click()
    expect(his.locator(".gift .badge")).to_have_text("Arrived")
    his.get_by_text("More").click()
    his.get_by_role("button", name="Cancel reservation").click()
    his.get_by_role("button", name="Reserve again").click()
    expect(his.locator(".gift .badge")).to_have_text("Arrived")

"""Givers' and the owner's windows side by side: a giver's action shows in other givers' windows, and never in the
owner's."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from accounts.models import User
from tests.in_browser.conftest import OpenWindow
from tests.in_browser.hands import badge, card, open_chip_form, reserve_as_guest, take_back, wait_until_live
from tests.support.running.live import StartSite
from tests.support.running.site import Site
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item

pytestmark = pytest.mark.both

SOON = 15_000
"""Less than the time between two heartbeats, which would bring events whose hint was lost."""


@pytest.fixture
def shown_site(start_site: StartSite, chromium: object) -> Site:
    """A site without the periodic look, so all events come through hints."""
    return start_site(REALTIME_LOOK_SECONDS="0")


@pytest.mark.smoke
def test_reservation_in_one_window_shows_in_the_other(
    open_window: OpenWindow, share: str, item: Item
) -> None:
    one, other = open_window(share), open_window(share)
    wait_until_live(one, other)
    reserve_as_guest(one)
    expect(badge(other)).to_have_text("Reserved", timeout=SOON)
    expect(card(other).get_by_text("Reserve", exact=True)).to_have_count(0)
    expect(badge(one)).to_have_text("Reserved by you")
    expect(one.locator("#who")).to_contain_text("You take part as Mia.")
    take_back(one)
    expect(badge(other)).to_have_text("Available", timeout=SOON)
    expect(card(other).locator("summary", has_text="Reserve")).to_be_visible()


@pytest.fixture
def unhinted(start_site: StartSite, chromium: object) -> StartSite:
    """Sites that lose every hint."""

    def start(look: str) -> Site:
        return start_site(REALTIME_HINTS="0", REALTIME_LOOK_SECONDS=look)

    return start


@pytest.mark.once
def test_lost_hints_delay_events_until_the_periodic_look(
    open_window: OpenWindow, share: str, item: Item, unhinted: StartSite
) -> None:
    site = unhinted("0.3")
    one, other = open_window(share, at=site), open_window(share, at=site)
    wait_until_live(one, other)
    reserve_as_guest(one)
    expect(badge(other)).to_have_text("Reserved", timeout=SOON)


def test_control_nothing_arrives_without_hints_and_periodic_look(
    open_window: OpenWindow, share: str, item: Item, unhinted: StartSite
) -> None:
    site = unhinted("0")
    one, other = open_window(share, at=site), open_window(share, at=site)
    wait_until_live(one, other)
    reserve_as_guest(one)
    expect(badge(one)).to_have_text("Reserved by you")
    with pytest.raises(AssertionError):
        expect(badge(other)).to_have_text("Reserved", timeout=2_000)


@pytest.mark.smoke
def test_owner_sees_no_giving(
    open_window: OpenWindow, share: str, item: Item, alice: User, bob: User
) -> None:
    address = f"/lists/{item.wishlist_id}"
    hers, her_link, bobs = (
        open_window(address, by=alice),
        open_window(share, by=alice),
        open_window(address, by=bob),
    )
    wait_until_live(hers, her_link, bobs)
    before = [shown(hers), shown(her_link)]
    card(bobs).get_by_role("button", name="Reserve").click()
    expect(badge(bobs)).to_have_text("Reserved by you")
    # This visible event is sent later on the same sockets. When it is there, a leaked event would be there too.
    card(hers).get_by_role("button", name="Mark as received").click()
    for page in (hers, her_link):  # items that she has are in their own section
        expect(page.locator("[data-empty]")).to_contain_text("have come true")
        page.locator("summary", has_text="Received").click()
    expect(badge(her_link)).to_have_text("You have it", timeout=SOON)
    card(hers).get_by_role("button", name="I still want it").click()
    expect(badge(her_link)).to_have_text("", timeout=SOON)
    for page in (hers, her_link):  # both have received the event and have their answers
        expect(page.locator("summary", has_text="Received")).to_be_hidden()
        expect(card(page).get_by_role("button", name="Mark as received")).to_be_visible()
    assert [shown(hers), shown(her_link)] == before
    for page in (hers, her_link):
        page.reload()
        wait_until_live(page)
    assert [shown(hers), shown(her_link)] == before


def shown(page: Page) -> str:
    return page.locator("#items").inner_text()


def test_new_changed_and_withdrawn_items_show_without_a_reload(
    open_window: OpenWindow, share: str, item: Item, alice: User
) -> None:
    address = f"/lists/{item.wishlist_id}"
    hers, guests = open_window(address, by=alice), open_window(share)
    wait_until_live(hers, guests)
    hers.get_by_text("Add a wish").click()
    hers.get_by_label("What do you wish for?").fill("A red umbrella")
    hers.get_by_role("button", name="Add", exact=True).click()
    expect(card(guests, "A red umbrella")).to_be_visible()
    card(hers).get_by_role("link", name="Edit").click()
    hers.get_by_label("Price").fill("1249,5")
    hers.get_by_role("button", name="Save").click()
    expect(card(guests).locator(".price")).to_have_text("€1,249.50")
    card(hers, "A red umbrella").get_by_role("link", name="Remove").click()
    hers.get_by_role("button", name="Remove").click()
    expect(card(guests, "A red umbrella")).to_have_count(0)


def test_units_and_money_are_updated_in_place(
    open_window: OpenWindow, share: str, wishlist: Wishlist, alice: User, bob: User
) -> None:
    add_item(wishlist=wishlist, by=Viewer(user=alice), title="Cups", quantity=3, price_minor=1000)
    bobs, guests = open_window(f"/lists/{wishlist.pk}", by=bob), open_window(share)
    wait_until_live(bobs, guests)
    expect(badge(guests, "Cups")).to_have_text("3 of 3 available")
    card(bobs, "Cups").get_by_label("How many?").fill("2")
    card(bobs, "Cups").get_by_role("button", name="Reserve").click()
    expect(badge(guests, "Cups")).to_have_text("1 of 3 available")
    expect(badge(bobs, "Cups")).to_contain_text("you")  # the answer to his own action is there
    expect(bobs.locator(".htmx-request, [data-sending]")).to_have_count(
        0
    )  # and no further request redraws the card
    open_chip_form(bobs, "Cups")
    card(bobs, "Cups").get_by_label("Amount").fill("2.50")
    card(bobs, "Cups").get_by_role("button", name="Chip in").click()
    progress = "€2.50 of €10.00 chipped in"
    expect(card(guests, "Cups").locator(".chipped")).to_have_text(progress)
    guests.reload()
    expect(card(guests, "Cups").locator(".chipped")).to_have_text(progress)
    expect(badge(guests, "Cups")).to_have_text("1 of 3 available")


def test_page_catches_up_after_a_break(open_window: OpenWindow, share: str, item: Item) -> None:
    one, other = open_window(share), open_window("/")
    sockets: list[WebSocketRoute] = []

    def through(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    other.route_web_socket("**/api/v1/ws", through)
    other.goto(share)
    wait_until_live(one, other)
    sockets[-1].close(code=4503)
    expect(other.locator("#live")).to_have_attribute("data-state", "connecting")
    reserve_as_guest(one)
    expect(badge(other)).to_have_text("Reserved")
    expect(other.locator("#live")).to_have_attribute("data-state", "open")
    assert len(sockets) == 2


def test_page_says_that_the_link_was_revoked(
    open_window: OpenWindow, share: str, item: Item, alice: User
) -> None:
    hers, guests = open_window(f"/lists/{item.wishlist_id}/sharing", by=alice), open_window(share)
    wait_until_live(guests)
    hers.get_by_text("Delete the link…").click()
    hers.get_by_role("button", name="Delete the link").click()
    expect(guests.locator("#live")).to_have_attribute("data-state", "gone")
    expect(guests.locator("#live")).to_contain_text("Not live")

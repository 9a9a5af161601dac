"""Text that somebody has typed stays: events don't remove it, and neither do answers to other forms."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from accounts.models import User
from tests.in_browser.conftest import OpenWindow
from tests.in_browser.hands import badge, card, open_chip_form, reserve_as_guest, wait_until, wait_until_live
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item

pytestmark = pytest.mark.once

TYPED = "2.50"


@pytest.fixture
def cups(wishlist: Wishlist, alice: User) -> Item:
    return add_item(wishlist=wishlist, by=Viewer(user=alice), title="Cups", quantity=3, price_minor=1000)


def hold_back_answer(page: Page) -> Callable[[], None]:
    """Let the server do the next reservation, but hold its answer back until the caller releases it."""
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            held.append((route, route.fetch()))
        else:
            route.fallback()

    def let_go() -> None:
        wait_until(page, lambda: bool(held))
        route, answer = held.pop()
        route.fulfill(response=answer)

    page.route("**/items/*", hold)
    return let_go


def test_answer_to_one_form_keeps_what_was_typed_in_another(
    open_window: OpenWindow, cups: Item, bob: User
) -> None:
    his = open_window(f"/lists/{cups.wishlist_id}", by=bob)
    wait_until_live(his)
    let_go = hold_back_answer(his)
    card(his, "Cups").get_by_label("How many?").fill("2")
    card(his, "Cups").get_by_role("button", name="Reserve").click()
    expect(badge(his, "Cups")).to_have_text("1 of 3 available")
    open_chip_form(his, "Cups")
    amount = card(his, "Cups").get_by_label("Amount")
    amount.fill(TYPED)
    let_go()
    expect(card(his, "Cups").locator(".card-notice")).to_be_visible()
    expect(amount).to_have_value(TYPED)
    expect(amount).to_be_focused()
    card(his, "Cups").get_by_role("button", name="Chip in").click()
    expect(card(his, "Cups").get_by_role("link", name="You chipped in")).to_contain_text(f"€{TYPED}")
    expect(amount).to_have_count(0)  # the form that was sent is closed


def test_answer_with_all_cards_keeps_typed_text(
    open_window: OpenWindow, share: str, item: Item, cups: Item
) -> None:
    """It is the stranger's first action, so all cards are drawn again without the field for the name."""
    page = open_window(share)
    wait_until_live(page)
    let_go = hold_back_answer(page)
    reserve_as_guest(page)
    open_chip_form(page, "Cups")
    amount = card(page, "Cups").get_by_label("Amount")
    amount.fill(TYPED)
    let_go()
    expect(badge(page)).to_have_text("Reserved by you")
    expect(card(page, "Cups").get_by_label("Your name")).to_have_count(0)
    expect(amount).to_have_value(TYPED)
    expect(amount).to_be_focused()


def test_actions_of_others_keep_typed_text(open_window: OpenWindow, share: str, item: Item) -> None:
    one, other = open_window(share), open_window(share)
    wait_until_live(one, other)
    card(other).locator("summary", has_text="Reserve").click()
    name = card(other).get_by_role("textbox", name="Your name")
    name.fill("Ben")
    reserve_as_guest(one)
    expect(badge(other)).to_have_text("Reserved")
    expect(name).to_have_value("Ben")
    card(other).locator("button[value=reserve]").click()
    expect(card(other).locator(".card-notice")).to_contain_text("Someone just reserved this.")

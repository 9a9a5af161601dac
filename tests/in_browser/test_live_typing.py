"""What somebody typed stays: neither what others do takes it away, nor the answer to a press of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from accounts.models import User
from tests.in_browser.conftest import OpenWindow
from tests.in_browser.hands import badge, card, reserve_as_guest, wait_until, wait_until_live
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item

pytestmark = pytest.mark.once

TYPED = "2.50"


@pytest.fixture
def cups(wishlist: Wishlist, alice: User) -> Item:
    return add_item(wishlist=wishlist, by=Viewer(user=alice), title="Cups", quantity=3, price_minor=1000)


def hold_back_answer(page: Page) -> Callable[[], None]:
    """The server does what is reserved next; its answer comes when the caller says so."""
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
    card(his, "Cups").locator("summary", has_text="Chip in").click()
    amount = card(his, "Cups").get_by_label("Amount")
    amount.fill(TYPED)
    let_go()
    expect(card(his, "Cups").locator(".card-notice")).to_be_visible()
    expect(amount).to_have_value(TYPED)
    expect(amount).to_be_focused()
    card(his, "Cups").get_by_role("button", name="Chip in").click()
    expect(card(his, "Cups").locator("summary")).to_contain_text(f"You chipped in €{TYPED}")
    expect(amount).to_be_hidden()  # what was pressed is drawn as the server says
    expect(amount).to_have_value("")


def test_answer_that_brings_all_cards_takes_nothing_either(
    open_window: OpenWindow, share: str, item: Item, cups: Item
) -> None:
    """A stranger's first: no other card asks for a name any more."""
    page = open_window(share)
    wait_until_live(page)
    let_go = hold_back_answer(page)
    reserve_as_guest(page)
    card(page, "Cups").locator("summary", has_text="Chip in").click()
    amount = card(page, "Cups").get_by_label("Amount")
    amount.fill(TYPED)
    let_go()
    expect(badge(page)).to_have_text("Reserved by you")
    expect(card(page, "Cups").get_by_label("Your name")).to_have_count(0)
    expect(amount).to_have_value(TYPED)
    expect(amount).to_be_focused()


def test_what_others_do_takes_nothing(open_window: OpenWindow, share: str, item: Item) -> None:
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

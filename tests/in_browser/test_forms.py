"""Forms in a real browser: a double click, two tabs, an ended log-in, no network, a temporary refusal. "Live" is shown
only while it is true (docs/forms.md)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from accounts.models import User
from conftest import PASSWORD
from tests.in_browser.conftest import OpenWindow
from tests.in_browser.hands import card, reserve_as_guest, wait_until, wait_until_live
from wishlists.models import Item, Reservation, Wishlist

pytestmark = pytest.mark.once

NOTICE = ".form-notice"


def add_wish(page: Page, title: str) -> None:
    page.get_by_role("textbox", name="What do you wish for?").fill(title)


def log_out_elsewhere(page: Page) -> None:
    other = page.context.new_page()
    other.goto("/account")
    other.get_by_role("button", name="Log out").click()
    other.wait_for_url(lambda url: "/account" not in url)
    other.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_double_click_adds_one_item(
    scripts: bool, open_window: OpenWindow, wishlist: Wishlist, alice: User
) -> None:
    page = open_window(f"/lists/{wishlist.pk}", by=alice, java_script_enabled=scripts)
    add_wish(page, "Tent")
    page.get_by_role("button", name="Add", exact=True).dblclick(no_wait_after=True)
    expect(page.get_by_role("heading", name="Tent")).to_have_count(1)
    assert Item.objects.filter(title="Tent").count() == 1


def test_two_tabs_show_both_values(open_window: OpenWindow, item: Item, alice: User) -> None:
    address = f"/lists/{item.wishlist_id}/items/{item.pk}/edit"
    first = open_window(address, by=alice)
    second = first.context.new_page()
    second.goto(address)
    for page, title in ((second, "Blue kettle"), (first, "Red kettle")):
        add_wish(page, title)
        page.get_by_role("button", name="Save").click()
    expect(first.locator(".errorlist")).to_contain_text("Blue kettle")
    expect(first.get_by_role("textbox", name="What do you wish for?")).to_have_value("Red kettle")
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_role("heading", name="Red kettle")).to_be_visible()


def test_log_in_leads_back_to_the_typed_text(
    open_window: OpenWindow, wishlist: Wishlist, alice: User
) -> None:
    page = open_window(f"/lists/{wishlist.pk}", by=alice)
    add_wish(page, "A tent for two")
    page.get_by_role("textbox", name="Details, such as size or colour").fill("Green.\nNot too heavy.")
    log_out_elsewhere(page)
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("textbox", name="E-mail address").fill(alice.email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page.locator(".kept")).to_contain_text("Nothing was saved yet")
    expect(page.get_by_role("textbox", name="What do you wish for?")).to_have_value("A tent for two")
    expect(page.get_by_role("textbox", name="Details, such as size or colour")).to_have_value(
        "Green.\nNot too heavy."
    )
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="A tent for two")).to_be_visible()


def test_form_sent_after_the_log_in_ended_gets_a_whole_page(
    open_window: OpenWindow, item: Item, bob: User
) -> None:
    page = open_window(f"/lists/{item.wishlist_id}", by=bob)
    log_out_elsewhere(page)
    card(page).locator("button[value=reserve]").click()
    page.wait_for_url("**/login?next=/lists/*")
    expect(page.locator(".card")).to_have_count(0)


def test_form_sent_offline_says_so_and_is_sent_once_later(
    open_window: OpenWindow, share: str, item: Item
) -> None:
    page = open_window(share)
    wait_until_live(page)
    page.context.set_offline(True)
    expect(page.locator("#live")).to_have_attribute("data-state", "connecting")
    reserve_as_guest(page)
    expect(card(page).locator(NOTICE)).to_contain_text("You are offline.")
    page.context.set_offline(False)
    wait_until_live(page)
    card(page).get_by_role("button", name="Try again").click()
    expect(card(page).locator("button[value=release]")).to_be_visible()
    assert Reservation.objects.active().count() == 1


@pytest.mark.parametrize("status", [503, 429])
def test_temporary_refusal_is_shown_and_the_form_is_sent_again(
    status: int, open_window: OpenWindow, item: Item, bob: User
) -> None:
    """The first request takes effect, but its answer is lost. The second request gets the same answer."""
    page = open_window(f"/lists/{item.wishlist_id}", by=bob)
    tried: list[str] = []

    def answer(route: Route) -> None:
        tried.append(str(route.request.post_data))
        if len(tried) > 1:
            route.continue_()
            return
        if status == 503:
            route.fetch()
        route.fulfill(status=status, headers={"Retry-After": "1"}, body="")

    page.route(f"**/items/{item.pk}", answer)
    card(page).locator("button[value=reserve]").click()
    notice = card(page).locator(NOTICE)
    expect(notice).to_contain_text("Your change isn't saved yet.")
    notice.get_by_role("button", name="Try again", exact=True).click()
    expect(card(page).locator("button[value=release]")).to_be_visible()
    assert tried[0] == tried[1]
    assert Reservation.objects.count() == 1


class Silent:
    """The socket of a page whose network can stop: then nothing arrives, and no connection ends."""

    def __init__(self, page: Page) -> None:
        self.is_dead = False
        self.opened = 0
        page.route_web_socket("**/api/v1/ws", self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        self.opened += 1
        server = socket.connect_to_server()
        mine = self.opened
        socket.on_message(lambda text: self._pass(mine, server, text))
        server.on_message(lambda text: self._pass(mine, socket, text))

    def _pass(self, number: int, to: WebSocketRoute, text: str | bytes) -> None:
        if not (self.is_dead and number == 1):
            to.send(text)


@pytest.fixture
def followed(open_window: OpenWindow, share: str) -> tuple[Page, Silent]:
    page = open_window("/health")
    page.clock.install()
    silent = Silent(page)
    page.goto(share)
    wait_until_live(page)
    silent.is_dead = True
    return page, silent


def state_of(page: Page) -> Any:
    return page.locator("#live").get_attribute("data-state")


def test_dead_socket_is_noticed_within_15_seconds(followed: tuple[Page, Silent], item: Item) -> None:
    page, silent = followed
    page.clock.run_for(15_000)
    wait_until(page, lambda: silent.opened == 2)
    wait_until_live(page)


def test_control_silent_socket_that_is_alive_is_kept(followed: tuple[Page, Silent], item: Item) -> None:
    page, silent = followed
    silent.is_dead = False
    for _ in range(4):
        page.clock.run_for(5_000)
        page.wait_for_timeout(50)
    assert (silent.opened, state_of(page)) == (1, "open")


def test_page_that_wakes_up_checks_its_socket_at_once(followed: tuple[Page, Silent], item: Item) -> None:
    page, silent = followed
    page.evaluate("dispatchEvent(new Event('online'))")
    page.clock.run_for(3_500)
    wait_until(page, lambda: silent.opened == 2)

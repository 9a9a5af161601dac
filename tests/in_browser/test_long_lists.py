"""Lists of more than fifty wishes: further ones come as the user scrolls, and what happens meanwhile is shown."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from core.db.change import change
from tests.in_browser.axe import complaints
from tests.in_browser.conftest import OpenWindow
from tests.in_browser.hands import badge, card, wait_until_live
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item, edit_item, remove_item
from wishlists.services.reserving import reserve_item

pytestmark = pytest.mark.once

CARDS = "#items .card"


@pytest.fixture
def items(wishlist: Wishlist, alice: User) -> list[Item]:
    with change():
        return [
            add_item(wishlist=wishlist, by=Viewer(user=alice), title=f"Wish {number:03}", price_minor=100)
            for number in range(120)
        ]


def scroll_to_the_end(page: Page) -> None:
    """Scroll until all wishes are loaded."""
    for number in (50, 100, 120):
        expect(page.locator(CARDS)).to_have_count(number)
        page.locator(CARDS).last.scroll_into_view_if_needed()
    expect(page.locator("#more")).to_have_count(0)


def headings(page: Page) -> list[str]:
    return page.locator(f"{CARDS} h3").all_inner_texts()


def test_scrolling_loads_the_whole_list_in_order(
    open_window: OpenWindow, share: str, items: list[Item]
) -> None:
    page = open_window(share)
    wait_until_live(page)
    scroll_to_the_end(page)
    assert headings(page) == [one.title for one in items]
    expect(page.locator("#news")).to_contain_text("20 more wishes")
    reserve_as_guest_at(page, "Wish 110")


def reserve_as_guest_at(page: Page, title: str) -> None:
    card(page, title).locator("summary", has_text="Reserve").click()
    card(page, title).get_by_role("textbox", name="Your name").fill("Mia")
    card(page, title).locator("button[value=reserve]").click()
    expect(badge(page, title)).to_have_text("Reserved by you")


def test_what_happens_to_wishes_that_are_not_loaded_is_shown_once_they_are(
    open_window: OpenWindow, share: str, items: list[Item], wishlist: Wishlist, alice: User, bob: User
) -> None:
    page = open_window(share)
    wait_until_live(page)
    hers = Viewer(user=alice)
    reserve_item(item=Item.objects.get(pk=items[70].pk), by=Viewer(user=bob))
    edit_item(item=Item.objects.get(pk=items[80].pk), by=hers, title="Edited")
    remove_item(item=Item.objects.get(pk=items[90].pk), by=hers)
    edit_item(item=Item.objects.get(pk=items[100].pk), by=hers, position=10)
    edit_item(item=Item.objects.get(pk=items[20].pk), by=hers, position=200)
    add_item(wishlist=wishlist, by=hers, title="Last")
    reserve_item(item=Item.objects.get(pk=items[0].pk), by=Viewer(user=bob))
    expect(badge(page, "Wish 000")).to_have_text("Reserved")  # all events before it have arrived
    expect(card(page, "Wish 100")).to_be_visible()  # it moved up to those that are loaded
    assert "Wish 070" not in headings(page)
    while page.locator("#more").count():
        before = page.locator(CARDS).count()
        page.locator("#more").scroll_into_view_if_needed()
        expect(page.locator(CARDS)).not_to_have_count(before)
    shown = headings(page)
    wanted = Item.objects.live().filter(wishlist=wishlist).in_order().values_list("title", flat=True)
    assert shown == list(wanted)
    assert len(shown) == len(set(shown)) == 120
    expect(badge(page, "Wish 070")).to_have_text("Reserved")


def test_keyboard_leads_on_to_the_first_new_wish(
    open_window: OpenWindow, share: str, items: list[Item]
) -> None:
    page = open_window(share, viewport={"width": 1280, "height": 400})
    wait_until_live(page)
    link = page.get_by_role("button", name="Show more wishes")
    link.evaluate("(link) => { link.focus({ preventScroll: true }); link.click(); }")
    expect(card(page, "Wish 050")).to_be_focused()
    page.keyboard.press("Tab")
    expect(card(page, "Wish 050").locator("summary", has_text="Reserve")).to_be_focused()


def test_page_with_further_wishes_is_accessible(
    open_window: OpenWindow, share: str, items: list[Item]
) -> None:
    page = open_window(share, java_script_enabled=True)
    wait_until_live(page)
    page.goto(f"{share}?item={items[60].pk}")
    expect(page.get_by_role("link", name="Back to the first wishes")).to_be_visible()
    assert complaints(page) == []


def test_without_scripts_links_lead_on_and_back(
    open_window: OpenWindow, share: str, items: list[Item]
) -> None:
    plain = open_window(share, java_script_enabled=False)
    plain.locator("#more a").click()
    expect(plain.locator(CARDS)).to_have_count(50)
    expect(plain.locator(f"{CARDS} h3").first).to_have_text("Wish 050")
    reserve_as_guest_at(plain, "Wish 060")
    assert plain.url.endswith(f"#item-{items[60].pk}")
    plain.get_by_role("link", name="Back to the first wishes").click()
    expect(plain.locator(f"{CARDS} h3").first).to_have_text("Wish 000")


def test_link_to_a_later_wish_leads_there(open_window: OpenWindow, share: str, items: list[Item]) -> None:
    page = open_window(f"{share}#item-{items[77].pk}")
    expect(card(page, "Wish 077")).to_be_in_viewport()


def test_without_scripts_chipping_in_has_a_page(open_window: OpenWindow, share: str, item: Item) -> None:
    plain = open_window(share, java_script_enabled=False)
    card(plain).get_by_role("link", name="Chip in").click()
    plain.get_by_role("textbox", name="Your name").fill("Mia")
    plain.get_by_role("textbox", name="Amount").fill("lots")
    plain.get_by_role("button", name="Chip in").click()
    expect(plain.locator(".errorlist")).to_be_visible()
    plain.get_by_role("textbox", name="Amount").fill("2.50")
    plain.get_by_role("button", name="Chip in").click()
    expect(card(plain).locator(".card-notice")).to_have_text("Thank you for chipping in!")
    expect(card(plain).get_by_role("link", name="You chipped in €2.50")).to_be_visible()


def test_first_form_at_a_later_wish_keeps_the_wishes_before_it(
    open_window: OpenWindow, share: str, items: list[Item]
) -> None:
    page = open_window(share)
    wait_until_live(page)
    scroll_to_the_end(page)
    reserve_as_guest_at(page, "Wish 060")
    expect(card(page, "Wish 060").locator(".card-notice")).to_be_focused()
    expect(card(page, "Wish 000").get_by_role("textbox", name="Your name")).to_have_count(0)

"""What everybody must be able to see and use: axe finds nothing, in light and in dark; nothing runs off a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from sharing.services.suggestions import suggest_item
from wishlist_project.tests.in_browser.conftest import OpenWindow
from wishlist_project.tests.in_browser.hands import badge, card, reserve_as_guest, wait_until_live
from wishlists.audience import Viewer
from wishlists.models import Item, Reservation, Wishlist
from wishlists.services.budgeting import set_budget
from wishlists.services.contributing import contribute
from wishlists.services.items import add_item, edit_item, mark_item, remove_item
from wishlists.services.reserving import reserve_item

pytestmark = pytest.mark.once

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def busy_list(wishlist: Wishlist, item: Item, alice: User, bob: User) -> Wishlist:
    """Every state that a card can be in."""
    hers, his = Viewer(user=alice), Viewer(user=bob)
    wishlist.description, wishlist.due_date = "Tea, trees and a bit of noise.", "2030-05-04"
    wishlist.save()
    long = "A word that does not end: " + "wish" * 30
    add_item(wishlist=wishlist, by=hers, title=long, description=long, link_url="https://shop.example/lamp")
    cups = add_item(wishlist=wishlist, by=hers, title="Cups", quantity=3, price_minor=1000)
    taken = add_item(wishlist=wishlist, by=hers, title="Book", price_minor=2800)
    had = add_item(wishlist=wishlist, by=hers, title="Lamp", image_url="https://shop.invalid/lamp.jpg")
    mark_item(item=had, by=hers, mark="received")
    seen = Wishlist.objects.for_viewer(bob).get(pk=wishlist.pk)
    for given, purchased in ((cups, False), (taken, True)):
        given.wishlist = seen
        reserve_item(item=given, by=his, purchased=purchased)
    contribute(item=cups, by=his, amount_minor=250, status="pledged")
    suggest_item(wishlist=wishlist, by=his, title="A pottery class", message="We would go together.")
    return wishlist


def complaints(page: Page) -> list[Any]:
    """What axe finds wrong, as rule and places."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", DESK), ("dark", PHONE)], ids=["light desk", "dark phone"]
)
def test_pages_of_strangers(
    open_window: OpenWindow, share: str, busy_list: Wishlist, scheme: Literal["light", "dark"], size: Any
) -> None:
    page = open_window(share, color_scheme=scheme, viewport=size)
    wait_until_live(page)
    card(page).locator("summary", has_text="Reserve").click()
    card(page).locator("summary", has_text="Chip in").click()
    assert complaints(page) == []
    assert overflow(page) <= 0
    for opened in ("Reserve", "Chip in"):
        card(page).locator("summary", has_text=opened).click()
    reserve_as_guest(page)
    expect(badge(page)).to_have_text("Reserved by you")
    assert complaints(page) == []
    for path in ("/", "/login", "/register", "/s/unknown"):
        page.goto(path)
        assert (path, complaints(page), overflow(page) <= 0) == (path, [], True)


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", DESK), ("dark", PHONE)], ids=["light desk", "dark phone"]
)
def test_pages_of_people(
    open_window: OpenWindow,
    share: str,
    busy_list: Wishlist,
    item: Item,
    alice: User,
    bob: User,
    scheme: Literal["light", "dark"],
    size: Any,
) -> None:
    address = f"/lists/{busy_list.pk}"
    hers = open_window(address, by=alice, color_scheme=scheme, viewport=size)
    hers.get_by_text("Add a wish").click()
    expect(hers.get_by_text("A pottery class")).to_be_visible()
    paths = (
        "/lists",
        f"{address}/sharing",
        f"{address}/settings",
        f"{address}/delete",
        f"{address}/items/{item.pk}/edit",
    )
    for path in ("", *paths, share):
        if path:
            hers.goto(path)
        assert (path, complaints(hers), overflow(hers) <= 0) == (path, [], True)
    his = open_window(address, by=bob, color_scheme=scheme, viewport=size)
    assert (complaints(his), overflow(his) <= 0) == ([], True)


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", DESK), ("dark", PHONE)], ids=["light desk", "dark phone"]
)
def test_page_of_what_one_promised(
    open_window: OpenWindow,
    busy_list: Wishlist,
    alice: User,
    bob: User,
    scheme: Literal["light", "dark"],
    size: Any,
) -> None:
    """With a wish that changed, one that is gone, one that is held for a while, and a budget that is spent."""
    held = Reservation.objects.filter(user=bob).select_related("item").order_by("item__title")
    gone, changed = held
    hers = Viewer(user=alice)
    edit_item(item=Item.objects.for_viewer(alice).get(pk=changed.item_id).with_asker(), by=hers, title="Mugs")
    remove_item(item=Item.objects.for_viewer(alice).get(pk=gone.item_id).with_asker(), by=hers)
    changed.lapses_at = timezone.now() + timedelta(days=2)
    changed.save(update_fields=["lapses_at"])
    seen = Wishlist.objects.for_viewer(bob).get(pk=busy_list.pk)
    set_budget(wishlist=seen, by=bob, amount_minor=1500, currency="EUR")
    his = open_window("/gifts", by=bob, color_scheme=scheme, viewport=size)
    for summary in his.locator("summary").all():
        summary.click()
    for path in ("", f"/gifts?year={changed.created_at.year}", "/gifts?year=2001"):
        if path:
            his.goto(path)
        assert (path, complaints(his), overflow(his) <= 0) == (path, [], True)


def test_control_axe_sees_what_is_wrong(open_window: OpenWindow) -> None:
    page = open_window("/")
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    assert [rule for rule, _ in complaints(page)] == ["label"]


def test_keyboard_alone_is_enough(open_window: OpenWindow, share: str, item: Item) -> None:
    page = open_window(share)
    wait_until_live(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(card(page).locator("summary", has_text="Reserve")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Mia")
    page.keyboard.press("Enter")
    expect(badge(page)).to_have_text("Reserved by you")
    expect(card(page).locator(".card-notice")).to_be_focused()


def test_picture_that_fails_gives_way_to_wrapping_paper(
    open_window: OpenWindow, share: str, busy_list: Wishlist
) -> None:
    page = open_window("/")
    page.route("https://shop.invalid/**", lambda route: route.abort())
    page.goto(share)
    page.locator("summary", has_text="Received").click()
    card(page, "Lamp").scroll_into_view_if_needed()
    expect(card(page, "Lamp").locator("img")).to_be_hidden()

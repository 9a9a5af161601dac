"""Accessibility and layout: axe finds nothing in light and dark mode, and no page is wider than a phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.access.scopes import Scope
from accounts.models import User
from accounts.services.api_tokens import make_api_token
from accounts.services.sessions import start_session
from sharing.services.suggestions import suggest_item
from tests.in_browser.axe import complaints
from tests.in_browser.conftest import OpenWindow
from tests.in_browser.hands import badge, card, open_chip_form, reserve_as_guest, wait_until_live
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.budgeting import set_budget
from wishlists.services.lists.items import add_item, edit_item, mark_item, remove_item
from wishlists.services.money.collecting import open_collection
from wishlists.services.money.contributing import contribute
from wishlists.services.reserving import reserve_item

pytestmark = pytest.mark.once


@pytest.fixture
def busy_list(wishlist: Wishlist, item: Item, alice: User, bob: User) -> Wishlist:
    """A list with cards in every state."""
    hers, his = Viewer(user=alice), Viewer(user=bob)
    wishlist.description, wishlist.due_date = "Tea, trees and a bit of noise.", "2030-05-04"
    wishlist.save()
    long = "A word that does not end: " + "wish" * 30
    add_item(wishlist=wishlist, by=hers, title=long, description=long, link_url="https://shop.example/lamp")
    cups = add_item(wishlist=wishlist, by=hers, title="Cups", quantity=3, price_minor=1000)
    taken = add_item(wishlist=wishlist, by=hers, title="Book", price_minor=2800)
    had = add_item(wishlist=wishlist, by=hers, title="Lamp", image_url="https://shop.invalid/lamp.jpg")
    mark_item(item=had, by=hers, mark="received")
    seen = Wishlist.objects.get(pk=wishlist.pk)
    for given, purchased in ((cups, False), (taken, True)):
        given.wishlist = seen
        reserve_item(item=given, by=his, purchased=purchased)
    contribute(item=cups, by=his, amount_minor=250, status="pledged")
    open_collection(wishlist=seen, by=bob, currency="EUR", item_id=cups.pk, target_minor=3000)
    suggest_item(wishlist=wishlist, by=his, title="A pottery class", message="We would go together.")
    return wishlist


def test_pages_of_strangers_are_accessible(open_window: OpenWindow, share: str, busy_list: Wishlist) -> None:
    page = open_window(share)
    wait_until_live(page)
    card(page).locator("summary", has_text="Reserve").click()
    open_chip_form(page)
    assert complaints(page) == []
    for opened in ("Reserve", "Chip in"):
        card(page).locator("summary", has_text=opened).click()
    reserve_as_guest(page)
    expect(badge(page)).to_have_text("Reserved by you")
    assert complaints(page) == []
    chip_in = f"{share}/items/{Item.objects.get(title='Kettle').pk}/chip-in"
    for path in (f"{share}/collecting", chip_in, "/", "/login", "/register", "/s/unknown"):
        page.goto(path)
        assert (path, complaints(page)) == (path, [])


def test_page_where_strangers_contribute_is_accessible(
    open_window: OpenWindow, share: str, busy_list: Wishlist
) -> None:
    """One form was refused, and another one is only open."""
    page = open_window(f"{share}/collecting")
    collected, pot = page.locator("#collected"), page.locator("#pot")
    collected.locator("summary", has_text="Chip in").click()
    collected.get_by_role("textbox", name="Your name").fill("Mia")
    collected.get_by_role("textbox", name="Amount").fill("lots")
    collected.get_by_role("button", name="Chip in", exact=False).last.click()
    expect(collected.locator(".errorlist")).to_be_visible()
    pot.locator("summary", has_text="Chip in").click()
    assert complaints(page) == []


def test_pages_of_members_are_accessible(
    open_window: OpenWindow,
    share: str,
    busy_list: Wishlist,
    item: Item,
    alice: User,
    bob: User,
) -> None:
    address = f"/lists/{busy_list.pk}"
    hers = open_window(address, by=alice)
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
        assert (path, complaints(hers)) == (path, [])
    assert complaints(open_window(address, by=bob)) == []


def test_my_gifts_is_accessible(
    open_window: OpenWindow,
    busy_list: Wishlist,
    alice: User,
    bob: User,
) -> None:
    """With an item that changed, one that is gone, one that is held for a while, and a budget that is spent."""
    held = Reservation.objects.filter(user=bob).select_related("item").order_by("item__title")
    gone, changed = held
    hers = Viewer(user=alice)
    edit_item(item=Item.objects.get(pk=changed.item_id), by=hers, title="Mugs")
    remove_item(item=Item.objects.get(pk=gone.item_id), by=hers)
    changed.lapses_at = timezone.now() + timedelta(days=2)
    changed.save(update_fields=["lapses_at"])
    seen = Wishlist.objects.get(pk=busy_list.pk)
    set_budget(wishlist=seen, by=bob, amount_minor=1500, currency="EUR")
    his = open_window("/gifts", by=bob)
    for summary in his.locator("summary").all():
        summary.click()
    for path in ("", f"/gifts?year={changed.created_at.year}", "/gifts?year=2001"):
        if path:
            his.goto(path)
        assert (path, complaints(his)) == (path, [])


def test_pages_of_devices_and_tokens_are_accessible(open_window: OpenWindow, alice: User) -> None:
    """Alone at first, then with other devices, a token, and a form that was refused. Without JavaScript the secret is
    shown, too.
    """
    hers = open_window("/account/sessions", by=alice)
    assert complaints(hers) == []
    for device in ("Safari on iPhone", ""):
        start_session(user=alice, device=device)
    make_api_token(user=alice, name="A script without end " + "x" * 59, scopes=list(Scope))
    for path in ("/account", "/account/sessions", "/account/tokens"):
        hers.goto(path)
        assert (path, complaints(hers)) == (path, [])
    hers.locator("summary", has_text="Revoke").click()
    hers.get_by_label("Name").fill("Backup")
    hers.get_by_role("button", name="Create token").click()
    expect(hers.locator(".errorlist")).to_be_visible()
    assert complaints(hers) == []
    plain = open_window("/account/tokens", by=alice, java_script_enabled=False)
    plain.get_by_label("Name").fill("Backup")
    plain.get_by_label("Read lists").check()
    plain.keyboard.press("Enter")
    expect(plain.get_by_label("Token", exact=True)).to_have_value(re.compile("^wlt_.{43}$"))
    expect(plain.get_by_role("button", name="Copy")).to_be_hidden()
    hers.get_by_label("Read lists").check()
    hers.get_by_role("button", name="Create token").click()
    hers.get_by_role("button", name="Copy").click()
    expect(hers.get_by_role("button", name="Copied")).to_be_visible()
    assert complaints(hers) == []


def test_control_axe_finds_planted_mistakes(open_window: OpenWindow) -> None:
    """It also sees a page that is too wide for a phone. (It fits a desktop.)"""
    page = open_window("/")
    page.evaluate("""() => {
      const field = document.createElement("input");
      field.style.minWidth = "500px";
      document.querySelector("main").append(field);
    }""")
    found = [(scheme, what) for scheme, what, _ in complaints(page)]
    assert found == [("light", "label"), ("dark", "label"), ("dark", "overflow")]


def test_every_action_works_by_keyboard(open_window: OpenWindow, share: str, item: Item) -> None:
    page = open_window(share)
    wait_until_live(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Group gifts")).to_be_focused()
    page.keyboard.press("Tab")
    expect(card(page).locator("summary", has_text="Reserve")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Mia")
    page.keyboard.press("Enter")
    expect(badge(page)).to_have_text("Reserved by you")
    expect(card(page).locator(".card-notice")).to_be_focused()


def test_failed_picture_is_replaced_by_wrapping_paper(
    open_window: OpenWindow, share: str, busy_list: Wishlist
) -> None:
    page = open_window("/")
    page.route("https://shop.invalid/**", lambda route: route.abort())
    page.goto(share)
    page.locator("summary", has_text="Received").click()
    card(page, "Lamp").scroll_into_view_if_needed()
    expect(card(page, "Lamp").locator("img")).to_be_hidden()

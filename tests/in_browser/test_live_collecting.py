"""Givers on the page where they contribute together: an action of one shows in the windows of others, also by the
link."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.in_browser.conftest import OpenWindow
from tests.in_browser.hands import wait_until_live
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.people import share_wishlist
from wishlists.services.money.collecting import end_collection, open_collection
from wishlists.services.money.contributing import contribute, contribute_to_pot

pytestmark = pytest.mark.once


def test_collections_and_contributions_of_others_show_without_a_reload(
    open_window: OpenWindow, item: Item, alice: User, bob: User, charlie: User
) -> None:
    share_wishlist(wishlist=item.wishlist, by=alice, email=charlie.email, role="viewer")
    page = open_window(f"/lists/{item.wishlist_id}/collecting", by=charlie)
    expect(page.get_by_text("No group gifts yet.")).to_be_visible()
    wait_until_live(page)
    seen = Wishlist.objects.get(pk=item.wishlist_id)
    made = open_collection(wishlist=seen, by=bob, item_id=item.pk, currency="EUR", target_minor=4990)
    section = page.locator(f"#collection-{made.pk}")
    expect(section).to_contain_text("€0.00 of €49.90 raised")
    expect(page.get_by_text("No group gifts yet.")).to_have_count(0)
    there = Item.objects.get(pk=item.pk)
    contribute(item=there, by=Viewer(user=bob), amount_minor=2000, status="pledged")
    expect(section).to_contain_text("€20.00 of €49.90 raised")
    amount = section.locator("input[name=amount]")
    amount.fill("5")
    with page.expect_response(
        "**/collecting"
    ):  # the person's own part is requested, and the section waits for it
        contribute(item=there, by=Viewer(user=bob), amount_minor=1000, status="pledged")
    expect(amount).to_have_value("5")
    section.get_by_role("button", name="Chip in").click()
    expect(section).to_contain_text("€35.00 of €49.90 raised")
    expect(page.locator("#chipped")).to_contain_text("Kettle: €5.00")
    wait_until_live(page)
    made.wishlist = seen
    end_collection(collection=made, by=bob)
    expect(section).to_have_count(0)


def test_contributions_show_to_guests_with_the_link(
    open_window: OpenWindow, share: str, item: Item, bob: User
) -> None:
    """A text that they are typing stays while others contribute."""
    page = open_window(f"{share}/collecting")
    wait_until_live(page)
    pot, his = page.locator("#pot"), Viewer(user=bob)
    seen = Wishlist.objects.get(pk=item.wishlist_id)
    contribute_to_pot(wishlist=seen, by=his, amount_minor=800, status="pledged", currency="EUR")
    expect(pot).to_contain_text("€8.00 raised")
    pot.locator("summary").click()
    pot.get_by_role("textbox", name="Your name").fill("Mia")
    made = open_collection(wishlist=seen, by=bob, item_id=item.pk, currency="EUR", target_minor=4990)
    contribute_to_pot(wishlist=seen, by=his, amount_minor=100, status="pledged", currency="EUR")
    section = page.locator(f"#collection-{made.pk}")
    expect(section).to_contain_text("€0.00 of €49.90 raised")
    expect(page.get_by_text("No group gifts yet.")).to_have_count(0)
    expect(pot.get_by_role("textbox", name="Your name")).to_have_value("Mia")
    pot.get_by_role("textbox", name="Amount").fill("5")
    pot.locator("button[type=submit]").click()
    expect(pot).to_contain_text("€14.00 raised")
    expect(page.locator("#chipped")).to_contain_text("Group pot: €5.00")
    wait_until_live(page)
    whole = open_collection(wishlist=seen, by=bob, currency="EUR", target_minor=2000)
    expect(page.locator(f"#collection-{whole.pk}")).to_contain_text("€14.00 of €20.00")
    expect(pot.locator("section")).to_have_count(0)
    whole.wishlist = seen
    end_collection(collection=whole, by=bob)
    expect(pot).to_contain_text("€14.00 raised")

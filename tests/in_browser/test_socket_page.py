"""The page about the WebSocket: it can be read without JavaScript, and with it there is a box that connects."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.in_browser.conftest import OpenWindow
from tests.sockets.people import token_of
from wishlists.models import Item

pytestmark = pytest.mark.once


def test_somebody_with_a_link_connects_and_sees_frames(
    open_window: OpenWindow, share: str, item: Item
) -> None:
    page = open_window("/docs/ws")
    page.get_by_label("Authenticate").select_option(label="With a public link")
    page.get_by_label("Token or public link").fill(f"https://example.org{share}")
    page.get_by_role("button", name="Connect").click()
    frames = page.locator("#try-frames")
    expect(frames).to_contain_text('"event":"subscribed"')
    assert share.rpartition("/")[2] not in frames.inner_text()
    page.get_by_role("textbox", name="Frame").fill('{"event": "ping"}')
    page.get_by_role("button", name="Send").click()
    expect(frames).to_contain_text('"event":"pong"')
    page.get_by_role("button", name="Disconnect").click()
    expect(frames).to_contain_text("closed 1000")


def test_somebody_with_a_token_follows_a_list(open_window: OpenWindow, item: Item, bob: User) -> None:
    page = open_window("/docs/ws")
    page.get_by_label("Token or public link").fill(token_of(bob))
    page.get_by_role("button", name="Connect").click()
    expect(page.locator("#try-frames")).to_contain_text('"event":"authenticated"')
    page.get_by_role("combobox", name="Message").select_option(label="subscribe")
    text = page.get_by_role("textbox", name="Frame")
    expect(text).to_have_value(re.compile("wishlist_id"))
    text.fill(f'{{"event": "subscribe", "wishlist_id": "{item.wishlist_id}", "epoch": "x", "since": 0}}')
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#try-frames")).to_contain_text('"title":"Kettle"')


def test_page_can_be_read_without_javascript(open_window: OpenWindow) -> None:
    page = open_window("/docs/ws", java_script_enabled=False)
    expect(page.locator("#try")).to_be_hidden()
    entry = page.locator("[id='server.item_updated']")
    expect(entry).to_contain_text("item_updated")
    entry.locator("summary").click()
    expect(entry.get_by_role("cell", name="wishlist_id")).to_be_visible()

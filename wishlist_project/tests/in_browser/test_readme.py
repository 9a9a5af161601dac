"""The README's ten lines for the socket, pasted into a page of the demo."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Browser, Page

from wishlist_project.tests.readme import block, in_five_requests
from wishlist_project.tests.site import Site

pytestmark = pytest.mark.once


def test_ten_lines_hear_a_reservation(demo: Site, chromium: Browser) -> None:
    token = in_five_requests(demo, "\nprintf '\\nLINK=%s' $LINK").rsplit("LINK=", 1)[1]
    script = block("The socket in ten lines", "js")
    assert len(script.splitlines()) <= 10
    page = chromium.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
    page.goto(demo.url)
    page.evaluate("() => {" + script.replace("TOKEN", token) + "}")
    wait_for(page, heard, "subscribed")
    opened = httpx.get(f"{demo.url}/api/v1/public/wishlists", params={"token": token}, timeout=60).json()
    item = f"{demo.url}/api/v1/public/wishlists/items/{opened['items'][0]['id']}"
    wanted = {"reservation_status": "reserved", "guest_name": "Gus"}
    assert httpx.patch(item, params={"token": token}, json=wanted, timeout=60).status_code == 200
    wait_for(page, heard, "A kettle reserved")
    page.close()


def wait_for(page: Page, heard: list[str], part: str) -> None:
    """Let the browser go on until it has said `part`."""
    for _ in range(400):
        if any(part in line for line in heard):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"{part!r} is not in {heard}")

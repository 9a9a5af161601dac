"""The README's ten lines for the socket work when pasted into a page. (Another test_readme.py checks its requests.)"""

from __future__ import annotations

import httpx
import pytest

from accounts.models import User
from tests.in_browser.conftest import OpenWindow
from tests.in_browser.hands import wait_until
from tests.support.readme import block, in_five_requests
from tests.support.running.site import Site
from wishlist_project.demo.story import PASSWORD

pytestmark = pytest.mark.once


def test_ten_lines_receive_a_reservation(open_window: OpenWindow, site: Site, alice: User) -> None:
    alice.set_password(PASSWORD)
    alice.save()
    token = in_five_requests(site, "\nprintf '\\nLINK=%s' $LINK").rsplit("LINK=", 1)[1]
    script = block("The socket in ten lines", "js")
    assert len(script.splitlines()) <= 10
    page = open_window("/")
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
    page.evaluate("() => {" + script.replace("TOKEN", token) + "}")
    wait_until(page, lambda: any("subscribed" in line for line in heard))
    opened = httpx.get(f"{site.url}/api/v1/public/wishlists", params={"token": token}, timeout=60).json()
    item = f"{site.url}/api/v1/public/wishlists/items/{opened['items'][0]['id']}"
    wanted = {"reservation_status": "reserved", "guest_name": "Gus"}
    assert httpx.patch(item, params={"token": token}, json=wanted, timeout=60).status_code == 200
    wait_until(page, lambda: any("A kettle reserved" in line for line in heard))

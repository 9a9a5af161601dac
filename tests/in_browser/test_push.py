"""A real browser runs the service worker of web push: it shows what the server would send.

The push is handed to the browser by its debugging interface, because the push services of browser makers are not reachable
from a test. What goes through them is decrypted in notices/tests/test_web_push.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from notices.services.pushing import message_of
from notices.tests.conftest import tell
from tests.in_browser.axe import complaints
from tests.in_browser.conftest import OpenWindow

pytestmark = pytest.mark.once

SHOWN = """async () => {
  const [registration] = await navigator.serviceWorker.getRegistrations();
  const shown = await registration.getNotifications();
  return shown.map(({ title, body, tag, data }) => ({ title, body, tag, url: data.url }));
}"""


def test_push_is_shown_and_a_later_one_replaces_it(open_window: OpenWindow, bob: User) -> None:
    page = open_window("/account/notifications", by=bob, permissions=["notifications"])
    expect(page.get_by_role("button", name="Turn on")).to_be_visible()
    page.evaluate("navigator.serviceWorker.getRegistrations()")
    registered: list[str] = []
    debugger = page.context.new_cdp_session(page)

    def note(event: dict[str, Any]) -> None:
        registered.extend(one["registrationId"] for one in event["registrations"])

    debugger.on("ServiceWorker.workerRegistrationUpdated", note)
    debugger.send("ServiceWorker.enable")
    origin = page.evaluate("location.origin")
    for title in ("A list for you", "Another list for you"):
        [notice] = tell(bob, "wishlist_shared", title, about="list 1")
        page.wait_for_function(
            "async () => (await navigator.serviceWorker.getRegistrations())[0]?.active?.state === 'activated'"
        )
        message = {"origin": origin, "registrationId": registered[0], "data": message_of(notice).decode()}
        debugger.send("ServiceWorker.deliverPushMessage", message)
        page.wait_for_function(
            f"async (title) => (await ({SHOWN})()).some((one) => one.title === title)", arg=title
        )
    assert page.evaluate(SHOWN) == [
        {"title": "Another list for you", "body": "", "tag": str(notice.pk), "url": "/lists/x"}
    ]


def test_pages_of_news_are_accessible(open_window: OpenWindow, bob: User) -> None:
    """On a phone, with and without a webhook, and without JavaScript."""
    page = open_window("/account/notifications", by=bob, viewport={"width": 360, "height": 740})
    for path in ("/account/notifications", "/account/feeds", "/account/webhooks"):
        page.goto(path)
        assert (path, complaints(page)) == (path, [])
    page.get_by_label("Address of your program").fill("https://example.com/" + "hook" * 30)
    page.get_by_role("button", name="Create webhook").click()
    expect(page.get_by_text("Nothing was sent yet.")).to_be_visible()
    assert complaints(page) == []
    plain = open_window("/account/feeds", by=bob, java_script_enabled=False)
    plain.get_by_role("button", name="Create address").click()
    expect(plain.get_by_label("Calendar", exact=True)).to_be_visible()
    plain.goto("/account/notifications")
    expect(plain.get_by_role("heading", name="Push in this browser")).to_be_hidden()

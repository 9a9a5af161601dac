"""A real browser on pages of a real server process.

Playwright's event loop lives from the first test of a module to its last, because the rest of the suite has loops of
its own. Django sees a running loop and would refuse the ORM: it cannot know that nothing here awaits.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.services.links import make_link
from tests.support.browser import find_chromium
from tests.support.plugin import unavailable
from tests.support.running.site import Site

QUIET = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)

OpenWindow = Callable[..., Page]

LISTEN = """
window.complaints = [];
addEventListener("securitypolicyviolation", (event) => complaints.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        unavailable("Chromium is not on this machine (apt install chromium)")
    root = ("--no-sandbox",) if os.getuid() == 0 else ()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=60_000)
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *root])
        yield browser
        browser.close()


@pytest.fixture
def shown_site(site: Site) -> Site:
    """The site that windows show. A module that tests how events arrive has its own."""
    return site


@pytest.fixture
def open_window(chromium: Browser, transactional_db: None, shown_site: Site) -> Iterator[OpenWindow]:
    """`open_window("/s/…", by=bob)` opens a separate browser without other people's cookies.

    The test fails if a page breaks the site's content security policy or throws an error.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_at(path: str, *, by: User | None = None, at: Site = shown_site, **options: Any) -> Page:
        context = chromium.new_context(base_url=at.url, **options)
        contexts.append(context)
        context.set_default_timeout(60_000)
        context.add_init_script(LISTEN)
        if by is not None:
            context.add_cookies([cookie_of(by, at)])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path)
        return page

    yield open_at
    for context in contexts:
        for page in context.pages:
            if not page.url.startswith("about:"):
                errors += page.evaluate("window.complaints ?? []")
        context.close()
    assert errors == []


def cookie_of(user: User, site: Site) -> Any:
    """Return the session cookie of a log-in."""
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site.url}


@pytest.fixture
def share(wishlist: Any, alice: User) -> str:
    """Return the address of the share page of Alice's list."""

    return f"/s/{link_token(make_link(wishlist=wishlist, by=alice)[0])}"

"""Each user can reach every API URL that they may read by following links from `/api/v1`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from accounts.models import User
from core.api import browsable
from tests.reference.clicking import HTML, Page
from tests.support.everything import Everything, everything
from tests.twin_worlds.routes import API, methods_of, spelled

__all__ = ["everything"]

pytestmark = pytest.mark.once

LOOKS = 3
METADATA = "metadata"
"""Needs `?url=` to answer."""


def reached(client: Client, start: str) -> dict[str, int]:
    """Return the routes that links lead to, with the lowest status of their answers.

    Each route is visited a few times, because there are two lists.
    """
    found: dict[str, int] = {}
    looked: dict[str, int] = {}
    waiting, known = [start], {start}
    while waiting:
        address = waiting.pop(0)
        route = route_of(address)
        if looked.get(route, 0) >= LOOKS:
            continue
        looked[route] = looked.get(route, 0) + 1
        answer = client.get(address, headers=HTML)
        found[route] = min(answer.status_code, found.get(route, 999))
        new = [link for link in links_of(answer, address) if link not in known]
        known.update(new)
        waiting += new
    return found


def links_of(answer: Any, address: str) -> Iterator[str]:
    if not answer.get("Content-Type", "").startswith("text/html"):
        return
    for link in Page(answer.content.decode()).addresses:
        there = urljoin(address, link)
        if urlsplit(there).path.startswith("/api/v1") and "format=" not in there:
            yield there.replace("http://testserver", "")


def route_of(address: str) -> str:
    route = resolve(urlsplit(address).path).route
    return spelled(route).removeprefix("api/v1").removeprefix("/")


def readable(everything: Everything, who: str) -> set[str]:
    """Return the routes that this user can read."""
    reads = [route for route in API if "GET" in methods_of(route) and route != METADATA]
    return {route for route in reads if everything.ask(who, "GET", route).status_code == 200} | {METADATA}


def walked(user: User, start: str = "/api/v1") -> dict[str, int]:
    client = Client()
    client.force_login(user)
    return reached(client, start)


def missing(may: set[str], found: dict[str, int]) -> list[str]:
    return sorted(may - {route for route, status in found.items() if status in (200, 400)})


def test_owner_reaches_all_readable_urls_by_links(everything: Everything, alice: User) -> None:
    found, may = walked(alice), readable(everything, "alice")
    assert len(may) > 40
    assert missing(may, found) == []
    assert [route for route, status in found.items() if status >= 500] == []


def test_giver_reaches_all_readable_urls_except_those_of_the_link(everything: Everything, bob: User) -> None:
    """Only the owner gives the link to others. People who have it can follow links from there."""
    found, may = walked(bob), readable(everything, "bob")
    by_link = {route for route in may if route.startswith("public/")}
    assert missing(may - by_link, found) == []
    assert not any(route.startswith("public/") for route in found)
    start = f"/api/v1/public/wishlists?token={everything.link}"
    assert missing(by_link, walked(bob, start)) == []


def test_control_missing_link_is_detected(
    everything: Everything, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = browsable._links

    def without_drafts(*args: Any) -> browsable.Links:
        return [link for link in whole(*args) if not link[1].endswith("/drafts")]

    monkeypatch.setattr(browsable, "_links", without_drafts)
    monkeypatch.setitem(globals(), "LOOKS", 1)
    start = everything.path("wishlists/{wishlist_id}", "alice")
    assert "wishlists/{wishlist_id}/drafts" not in walked(alice, f"/api/v1{start}")

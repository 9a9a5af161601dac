"""A list behind a limited link is shown as often as the link allows, whichever way a client asks for it (G11)."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from sharing.access.capabilities import link_token, manage_token
from sharing.models import PublicLink
from tests.sockets.people import retitle, signed_in
from tests.support.running.live import OpenSocket
from tests.support.running.site import Site
from tests.support.socket_client import NO_TLS, Frame, SocketClient
from wishlists.models import Guest, Item, Wishlist

pytestmark = pytest.mark.django_db(transaction=True)

ANEW = {"epoch": "none", "since": 0}
"""A position that cannot be replayed, so the client asks to be shown the list."""


@pytest.fixture
def limited(link: PublicLink) -> PublicLink:
    """A link with one view, which nobody has spent."""
    link.max_views = 1
    link.save(update_fields=["max_views"])
    return link


def spent(link: PublicLink) -> int:
    link.refresh_from_db()
    return link.view_count


def subscribe(ws: SocketClient, link: PublicLink, **values: Any) -> Frame:
    return ws.ask("subscribe_public", public_token=link_token(link), **values)


def get(site: Site, path: str, link: PublicLink, **query: Any) -> httpx.Response:
    params = {"token": link_token(link)} | query
    return httpx.get(f"{site.url}/api/v1{path}", params=params, verify=NO_TLS, trust_env=False, timeout=60)


def test_snapshot_spends_a_view(connect: OpenSocket, limited: PublicLink, item: Item) -> None:
    ws = connect()
    reply = subscribe(ws, limited, **ANEW)
    resync = ws.next()
    assert (resync["event"], resync["epoch"], resync["seq"]) == ("resync", reply["epoch"], reply["seq"])
    assert [one["id"] for one in resync["snapshot"]["items"]] == [str(item.pk)]
    assert spent(limited) == 1
    late = connect()
    assert subscribe(late, limited, **ANEW)["code"] == "link_used_up"
    assert late.closed() == 4410


def test_client_that_was_shown_the_list_resumes_without_a_view(
    connect: OpenSocket, limited: PublicLink, item: Item
) -> None:
    known = subscribe(ws := connect(), limited, **ANEW)
    ws.socket.close()
    retitle(item, "Missed")
    back = connect()
    assert subscribe(back, limited, epoch=known["epoch"], since=known["seq"]) == known
    assert back.next()["item"]["title"] == "Missed"
    assert subscribe(back, limited, epoch=known["epoch"], since=0)["epoch"] == known["epoch"]
    assert spent(limited) == 1


def test_client_that_only_follows_spends_no_view_and_can_resume(
    site: Site, connect: OpenSocket, limited: PublicLink, item: Item
) -> None:
    """This also holds for a used-up link: it refuses new openings, but people who are already in may stay."""
    assert get(site, "/public/wishlists", limited).status_code == 200
    retitle(item, "Before")
    known = subscribe(ws := connect(), limited)
    assert ws.is_silent()
    ws.socket.close()
    retitle(item, "Missed")
    back = connect()
    assert subscribe(back, limited, epoch=known["epoch"], since=known["seq"]) == known
    assert back.next()["item"]["title"] == "Missed"
    retitle(item, "Seen")
    assert back.next()["item"]["title"] == "Seen"
    assert get(site, "/public/wishlists", limited).status_code == 403


@pytest.mark.parametrize("since", [0, "one before", 10**9])
def test_position_that_was_never_sent_spends_a_view(
    connect: OpenSocket, limited: PublicLink, item: Item, since: Any
) -> None:
    retitle(item, "Before")
    known = subscribe(connect(), limited)
    PublicLink.objects.update(view_count=1)
    ws = connect()
    asked = known["seq"] - 1 if since == "one before" else since
    assert subscribe(ws, limited, epoch=known["epoch"], since=asked)["code"] == "link_used_up"
    assert ws.closed() == 4410


def test_socket_with_an_opening_token_from_http_spends_no_view(
    site: Site, connect: OpenSocket, limited: PublicLink, item: Item
) -> None:
    opening = get(site, "/public/wishlists", limited).json()["opening"]
    ws = connect()
    assert subscribe(ws, limited, **ANEW, opening=opening)["event"] == "subscribed"
    assert ws.next()["event"] == "resync"
    assert spent(limited) == 1
    for other in ("x", opening[:-1], link_token(limited)):
        assert subscribe(connect(), limited, **ANEW, opening=other)["code"] == "link_used_up"


def test_page_that_spent_a_view_follows_without_another(
    connect: OpenSocket, client: Client, limited: PublicLink, item: Item
) -> None:
    address = reverse("share", args=[link_token(limited)])
    assert "data-live-opening" not in client.get(address).content.decode()
    page = client.post(reverse("share-open", args=[link_token(limited)]), follow=True).content.decode()
    found = re.search(r'data-live-opening="([^"]+)"', page)
    assert found is not None
    ws = connect()
    assert subscribe(ws, limited, **ANEW, opening=found[1])["event"] == "subscribed"
    assert ws.next()["event"] == "resync"
    assert spent(limited) == 1


def test_guests_and_members_are_never_shut_out(
    connect: OpenSocket, wishlist: Wishlist, limited: PublicLink, alice: User
) -> None:
    PublicLink.objects.update(view_count=1)
    mia = manage_token(Guest.objects.create(wishlist=wishlist, name="Mia"))
    guest = connect()
    assert subscribe(guest, limited, **ANEW, opening=mia)["event"] == "subscribed"
    assert guest.next()["event"] == "resync"
    hers = signed_in(connect, alice)
    assert subscribe(hers, limited, **ANEW)["event"] == "subscribed"
    assert hers.next()["event"] == "resync"


def test_guest_spends_views_while_there_are_any(
    connect: OpenSocket, wishlist: Wishlist, limited: PublicLink
) -> None:
    """Guests are not free: the owner reads the count, and anybody becomes a guest by giving once."""
    mia = manage_token(Guest.objects.create(wishlist=wishlist, name="Mia"))
    assert subscribe(connect(), limited, **ANEW, opening=mia)["event"] == "subscribed"
    assert spent(limited) == 1


def test_events_over_http_show_no_past_events(site: Site, limited: PublicLink, item: Item) -> None:
    path = "/public/events"
    here = get(site, path, limited).json()
    retitle(item, "Later")
    later = get(site, path, limited, epoch=here["epoch"], after=here["seq"]).json()
    assert [frame["item"]["title"] for frame in later["events"]] == ["Later"]
    assert later["epoch"] == here["epoch"]
    for epoch, after in ((here["epoch"], 0), ("none", 0), (here["epoch"], 10**9)):
        refused = get(site, path, limited, epoch=epoch, after=after)
        assert (refused.status_code, refused.json()["code"]) == (410, "resync")
    assert spent(limited) == 0
    opening = get(site, "/public/wishlists", limited).json()["opening"]
    plain = get(site, path, limited, opening=opening).json()
    assert get(site, path, limited, epoch=plain["epoch"], after=0, opening=opening).json()["events"]


def test_link_without_a_limit_shows_the_list_every_time(
    site: Site, connect: OpenSocket, link: PublicLink, item: Item
) -> None:
    assert "opening" not in get(site, "/public/wishlists", link).json()
    known = subscribe(ws := connect(), link, **ANEW)
    assert ws.next()["event"] == "resync"
    assert get(site, "/public/events", link).json()["epoch"] == known["epoch"]
    assert spent(link) == 0


def test_forty_sockets_and_forty_requests_open_a_link_with_ten_views_ten_times(
    site: Site, connect: OpenSocket, limited: PublicLink, item: Item
) -> None:
    limited.max_views = 10
    limited.save(update_fields=["max_views"])
    clients = [connect() for _ in range(40)]

    def by_socket(ws: SocketClient) -> str:
        reply = subscribe(ws, limited, **ANEW)
        return str(ws.next()["event"] if reply["event"] == "subscribed" else reply["code"])

    def by_request() -> str:
        answer = get(site, "/public/wishlists", limited)
        return "opened" if answer.status_code == 200 else str(answer.json()["code"])

    with ThreadPoolExecutor(80) as threads:
        sockets = [threads.submit(by_socket, ws) for ws in clients]
        requests = [threads.submit(by_request) for _ in range(40)]
        outcomes = Counter(future.result() for future in sockets + requests)
    assert outcomes["resync"] + outcomes["opened"] == 10, outcomes
    assert outcomes["link_used_up"] == 70, outcomes
    assert spent(limited) == 10

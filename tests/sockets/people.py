"""The cast's sockets, and changes that they see."""

from __future__ import annotations

from typing import Any

import httpx

from accounts.access.tokens import mint_access_token
from accounts.models import User
from accounts.services.sessions import start_session
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.support.running.live import OpenSocket
from tests.support.running.site import Site
from tests.support.socket_client import NO_TLS, SECONDS, Frame, SocketClient
from wishlists.models import Item, Wishlist


def token_of(user: User) -> str:
    return mint_access_token(start_session(user=user))


def bearer(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(user)}"}


def signed_in(connect: OpenSocket, user: User, **options: Any) -> SocketClient:
    ws = connect(**options)
    assert ws.ask("auth", access_token=token_of(user))["event"] == "authenticated"
    return ws


def following(connect: OpenSocket, user: User, wishlist: Wishlist, **options: Any) -> SocketClient:
    ws = signed_in(connect, user, **options)
    assert ws.ask("subscribe", wishlist_id=wishlist.pk)["event"] == "subscribed"
    return ws


def by_link(connect: OpenSocket, link: PublicLink, **options: Any) -> SocketClient:
    ws = connect(**options)
    assert ws.ask("subscribe_public", public_token=link_token(link))["public"] is True
    return ws


def retitle(item: Item, title: str) -> None:
    """Make a change that everybody may see, as in a shell."""
    item.title = title
    item.save(update_fields=["title"])


def titles(ws: SocketClient, last: str) -> list[str]:
    """Return the titles of the items in events up to `last`."""
    frames = [ws.next()]
    while _title(frames[-1]) != last:
        frames.append(ws.next())
    return [title for frame in frames if (title := _title(frame))]


def _title(frame: Frame) -> str:
    return str(frame["item"]["title"]) if "item" in frame else ""


def reserve(site: Site, item: Item, user: User) -> httpx.Response:
    answer = httpx.patch(
        f"{site.url}/api/v1/wishlists/{item.wishlist_id}/items/{item.pk}",
        json={"reservation_status": "reserved"},
        headers=bearer(user),
        timeout=SECONDS,
        verify=NO_TLS,
    )
    assert answer.status_code == 200, answer.text
    return answer


def retitle_over_rest(site: Site, item: Item, user: User, title: str) -> None:
    url = f"{site.url}/api/v1/items/{item.pk}"
    answer = httpx.patch(url, json={"title": title}, headers=bearer(user), timeout=SECONDS, verify=NO_TLS)
    assert answer.status_code == 200, answer.text

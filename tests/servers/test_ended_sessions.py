"""Sockets of log-ins and API tokens: what opens them, what closes them, and how soon (G8)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from django.db.models.functions import Now

from accounts.access.scopes import Scope
from accounts.access.tokens import mint_access_token
from accounts.models import ApiToken, Session, User
from accounts.services.api_tokens import make_api_token, revoke_api_token
from accounts.services.people import change_password, deactivate_user
from accounts.services.sessions import end_all_sessions, end_own_session, start_session
from tests.sockets.people import retitle
from tests.support.running.live import OpenSocket
from tests.support.running.site import Site
from tests.support.socket_client import NO_TLS, SECONDS, SocketClient
from wishlists.models import Item, Wishlist

pytestmark = pytest.mark.django_db(transaction=True)

WITHIN = 5.0
"""Seconds until a socket has to be closed. Every event before that is one that the person could still see."""


def opened(connect: OpenSocket, token: str, wishlist: Wishlist) -> SocketClient:
    ws = connect()
    assert ws.ask("auth", access_token=token)["event"] == "authenticated"
    assert ws.ask("subscribe", wishlist_id=wishlist.pk)["event"] == "subscribed"
    return ws


def status(site: Site, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{site.url}/api/v1/users/me"
    return httpx.get(url, headers=headers, timeout=SECONDS, verify=NO_TLS).status_code


WAYS: dict[str, Callable[[User, Session, ApiToken], object]] = {
    "log out everywhere else": lambda bob, here, _token: end_all_sessions(user=bob, but=here),
    "new password": lambda bob, here, _token: change_password(
        user=bob, password="a new long password", still_logged_in=here
    ),
    "deactivation": lambda bob, _here, _token: deactivate_user(user=bob),
    "that device": lambda bob, here, _token: end_own_session(
        user=bob, session_id=bob.sessions.log_ins().exclude(pk=here.pk).get().pk
    ),
    "that token": lambda bob, _here, token: revoke_api_token(user=bob, token_id=token.pk),
    "the token expires": lambda _bob, _here, token: Session.objects.filter(pk=token.session_id).update(
        expires_at=Now()
    ),
}
"""What Bob does on the device `here`."""
ENDED: dict[str, str] = {
    "log out everywhere else": "there",
    "new password": "there token",
    "deactivation": "here there token",
    "that device": "there",
    "that token": "token",
    "the token expires": "token",
}
"""Which of Bob's sockets close, and whose next request is refused. The others go on."""


@pytest.mark.parametrize("way", WAYS)
def test_revocation_refuses_the_next_request_and_closes_sockets(
    way: str, connect: OpenSocket, site: Site, wishlist: Wishlist, item: Item, alice: User, bob: User
) -> None:
    here, there = start_session(user=bob), start_session(user=bob)
    token, secret = make_api_token(user=bob, name="x", scopes=list(Scope))
    tokens = {"here": mint_access_token(here), "there": mint_access_token(there), "token": secret}
    sockets = {name: opened(connect, one, wishlist) for name, one in tokens.items()}
    hers = opened(connect, mint_access_token(start_session(user=alice)), wishlist)
    WAYS[way](bob, here, token)
    began = time.monotonic()
    ended = set(ENDED[way].split())
    assert {name: status(site, one) for name, one in tokens.items()} == {
        name: 401 if name in ended else 200 for name in tokens
    }
    for name in ended:
        assert sockets[name].until("error")[-1]["code"] == "session_ended"
        assert sockets[name].closed() == 4401
    assert time.monotonic() - began < WITHIN
    retitle(item, "Later")
    for name in tokens.keys() - ended:
        assert sockets[name].until("item_updated")[-1]["item"]["title"] == "Later"
    assert hers.until("item_updated")[-1]["item"]["title"] == "Later"


def test_token_in_the_query_opens_a_socket(connect: OpenSocket, wishlist: Wishlist, bob: User) -> None:
    _token, secret = make_api_token(user=bob, name="x", scopes=[Scope.LISTS_READ, Scope.ACCOUNT])
    ws = connect(f"/api/v1/ws?access_token={secret}")
    assert set(ws.next()) == {"event", "user_id", "epoch", "seq"}


def test_token_without_the_scope_for_the_inbox_gets_no_inbox(
    connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    _token, secret = make_api_token(user=bob, name="x", scopes=[Scope.LISTS_READ])
    ws = connect()
    assert set(ws.ask("auth", access_token=secret)) == {"event", "user_id"}
    assert ws.ask("subscribe", wishlist_id=wishlist.pk)["event"] == "subscribed"
    bob.avatar_url = "https://example.com/b.png"
    bob.save(update_fields=["avatar_url"])
    retitle(item, "Later")
    assert [frame["event"] for frame in ws.until("item_updated")] == ["item_updated"]


def test_control_token_with_the_scope_gets_the_inbox(
    connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    _token, secret = make_api_token(user=bob, name="x", scopes=[Scope.LISTS_READ, Scope.ACCOUNT])
    ws = opened(connect, secret, wishlist)
    bob.avatar_url = "https://example.com/b.png"
    bob.save(update_fields=["avatar_url"])
    retitle(item, "Later")
    assert "avatar_changed" in [frame["event"] for frame in ws.until("item_updated")]


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope != Scope.LISTS_READ])
def test_socket_needs_the_scope_to_read_lists(connect: OpenSocket, bob: User, scope: Scope) -> None:
    _token, secret = make_api_token(user=bob, name="x", scopes=[scope])
    ws = connect()
    error = ws.ask("auth", access_token=secret)
    assert (error["code"], "lists:read" in error["message"]) == ("scope_missing", True)
    assert ws.closed() == 4403


def test_socket_that_nobody_authenticated_gets_nothing(
    connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    unknown, known = connect(), opened(connect, mint_access_token(start_session(user=bob)), wishlist)
    assert unknown.ask("subscribe", wishlist_id=wishlist.pk)["code"] == "not_authenticated"
    assert unknown.closed() == 4401
    silent = connect()
    retitle(item, "Later")
    assert known.until("item_updated")[-1]["item"]["title"] == "Later"
    assert silent.is_silent()


def test_server_writes_the_last_use_by_itself(site: Site, bob: User) -> None:
    session = start_session(user=bob)
    Session.objects.filter(pk=session.pk).update(last_used_at=Now() - timedelta(minutes=5))
    assert status(site, mint_access_token(session)) == 200
    just_now = Session.objects.filter(pk=session.pk, last_used_at__gt=Now() - timedelta(minutes=1))
    deadline = time.monotonic() + SECONDS
    while not just_now.exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)

"""Read the handshake of a socket: its origin and its credentials."""

from __future__ import annotations

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from accounts.access.scopes import Scope as TokenScope
from accounts.access.scopes import may
from accounts.models import Session
from accounts.queries.sessions import session_of_cookie, session_of_token
from realtime.access import Person, Way, enter, way_by_link
from realtime.protocol import not_authenticated, scope_missing

Scope = dict[str, Any]


class ForeignOrigin(Exception):
    """A page of another site opened this socket."""


@dataclass(frozen=True)
class Handshake:
    """The contents of the handshake. `cookie` is set only if one of our own pages opened the socket: another site must
    not use it."""

    access_token: str | None
    public_token: str | None
    cookie: str | None
    epoch: str | None = None
    since: str | None = None

    @property
    def by_link(self) -> bool:
        """Whether the socket comes for one list by link. `epoch` and `since` are then about that list, otherwise about
        the inbox."""
        return self.public_token is not None and self.access_token is None


def read_handshake(scope: Scope) -> Handshake:
    headers = {name: value.decode("latin1") for name, value in scope["headers"]}
    query = parse_qs(scope["query_string"].decode("latin1"), keep_blank_values=True)
    own_page = _is_own_page(headers.get(b"origin"), headers.get(b"host", ""))

    def said(*names: str) -> str | None:
        # In an address copied from a page's source, `&amp;` separates the parts.
        values = [query[part] for name in names for part in (name, f"amp;{name}") if part in query]
        return values[0][0] if values else None

    return Handshake(
        access_token=said("access_token", "token"),
        public_token=said("public_token"),
        cookie=_session_cookie(headers.get(b"cookie", "")) if own_page else None,
        epoch=said("epoch"),
        since=said("since"),
    )


def _is_own_page(origin: str | None, host: str) -> bool:
    """Return whether the socket may use the cookie. Programs send no origin: they are accepted without a cookie. Pages
    of ours or of a trusted site are accepted too, and others raise an error."""
    if origin is None:
        return False
    if _is_ours(origin.lower(), host.lower()):
        return True
    if origin.lower() not in {allowed.lower() for allowed in settings.CORS_ALLOWED_ORIGINS}:
        raise ForeignOrigin
    return False


def _is_ours(origin: str, host: str) -> bool:
    """Whether the page came from this host. If we serve HTTPS, a plain HTTP page doesn't count, because anyone could
    have written it."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    domain, _ = split_domain_port(host)
    secure = parts.scheme == "https" or not settings.HTTPS
    return bool(domain) and parts.netloc == host and secure and validate_host(domain, settings.ALLOWED_HOSTS)


def _session_cookie(header: str) -> str | None:
    try:
        morsel = SimpleCookie(header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return morsel.value if morsel else None


def recognise(handshake: Handshake) -> tuple[Person | None, Way | None]:
    """Return the person of the handshake. An explicit credential outweighs the cookie. Raises a SocketError for a bad
    credential."""
    person = None
    if handshake.access_token is not None:
        person = person_of_token(handshake.access_token)
    elif handshake.cookie is not None:
        person = person_of_cookie(handshake.cookie)
    if handshake.public_token is None:
        return person, None
    way = way_by_link(handshake.public_token, person)
    enter(way)
    return person, way


def person_of_token(token: str) -> Person:
    """Return the person of a valid access token or API token whose session lives. Otherwise raises a SocketError."""
    session = session_of_token(token)
    if session is None:
        raise not_authenticated()
    person = _person(session)
    if not may(person.scopes, TokenScope.LISTS_READ):
        raise scope_missing(TokenScope.LISTS_READ)
    return person


def person_of_cookie(cookie: str) -> Person | None:
    session = session_of_cookie(cookie)
    return _person(session) if session else None


def _person(session: Session) -> Person:
    tenant_id = session.user.tenant_id
    assert tenant_id is not None
    scopes = None if session.scopes is None else frozenset(session.scopes)
    return Person(session.user_id, tenant_id, session.pk, scopes)

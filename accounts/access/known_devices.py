"""Recognise devices on which a user has logged in before.

A device gets a random id and, for each user who logs in on it, a signature of both. Pages keep them in a cookie, clients of
the API send them back as `X-Device-Token`. They prove nothing but that: such a device has tries to log in of its own, so
that strangers who guess cannot keep the owner out (docs/signing-in.md). Nothing is stored here.

    origin_of(request) -> Origin                          network and token of a request
    known_device(origin, users) -> the device's id, or ""
    token_with(user, token) -> str                        the token with this user added
    remember_device(response, request, user)              the same as a cookie
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from secrets import token_hex

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework.request import Request

from accounts.models import User
from core.http.client_address import client_address, client_network

COOKIE = "known_device"
HEADER = "X-Device-Token"
SECONDS = 400 * 24 * 3600
"""How long browsers keep the cookie: their maximum. Each log-in renews it."""
MOST_USERS = 8
"""How many users a device is known to. The one who logged in longest ago is forgotten first."""

_SALT = "accounts.known_devices"
_FORM = re.compile(rf"[0-9a-f]{{32}}(?:\.[0-9a-f]{{32}}){{1,{MOST_USERS}}}", re.ASCII)


@dataclass(frozen=True)
class Origin:
    """Where an attempt to log in comes from."""

    network: str = ""
    token: str = ""
    """What the device got when somebody logged in on it. Anybody can send anything."""


UNKNOWN = Origin()


def origin_of(request: HttpRequest | Request) -> Origin:
    token = request.headers.get(HEADER) or request.COOKIES.get(COOKIE, "")
    return Origin(client_network(client_address(request)), token)


def known_device(origin: Origin, users: Iterable[User]) -> str:
    """Return the id of the device if one of the users has logged in on it, otherwise ""."""
    if not _FORM.fullmatch(origin.token):
        return ""
    device, *signatures = origin.token.split(".")
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    valid = [_signature(device, user, secret) for user in users for secret in secrets]
    knows = any(constant_time_compare(one, other) for one in valid for other in signatures)
    return device if knows else ""


def token_with(user: User, token: str) -> str:
    """Return the token of a device on which the user has just logged in."""
    device, *others = token.split(".") if _FORM.fullmatch(token) else [token_hex(16)]
    own = _signature(device, user, settings.SECRET_KEY)
    return ".".join([device, own, *[one for one in others if one != own][: MOST_USERS - 1]])


def remember_device(response: HttpResponse, request: HttpRequest, user: User) -> HttpResponse:
    """Make the browser keep that the user has logged in on it."""
    response.set_cookie(
        COOKIE,
        token_with(user, request.COOKIES.get(COOKIE, "")),
        max_age=SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _signature(device: str, user: User, secret: str) -> str:
    mac = salted_hmac(_SALT, f"{device}{user.pk.hex}", secret=secret, algorithm="sha256")
    return mac.hexdigest()[:32]

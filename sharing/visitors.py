"""Where somebody without an account comes from, as a digest that names nobody: it only bounds how many come."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from wishlists.models import Wishlist


def visitor_of(request: HttpRequest | Request, wishlist: Wishlist) -> str:
    """The same for the same address on the same list; on another list another."""
    where = f"{wishlist.pk} {_network(_address(request))}"
    return hmac.new(settings.SECRET_KEY.encode(), b"visitor " + where.encode(), hashlib.sha256).hexdigest()


def _address(request: HttpRequest | Request) -> str:
    """Behind a proxy, which is near, what the proxy itself added last; what stands before that anybody may write."""
    near: str = request.META.get("REMOTE_ADDR", "")
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return told if told and _is_near(near) else near


def _is_near(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return True  # a UNIX socket


def _network(address: str) -> str:
    """Of an IPv6 address the half that somebody cannot choose for themselves."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{known}/64", strict=False)) if known.version == 6 else str(known)

"""Where somebody without an account comes from, as a digest that names nobody: it only bounds how many come."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from core.http.client_address import client_address, client_network
from wishlists.models import Wishlist


def client_digest(request: HttpRequest | Request, wishlist: Wishlist) -> str:
    """The same for the same address on the same list; on another list another."""
    where = f"{wishlist.pk} {client_network(client_address(request))}"
    return hmac.new(settings.SECRET_KEY.encode(), b"visitor " + where.encode(), hashlib.sha256).hexdigest()

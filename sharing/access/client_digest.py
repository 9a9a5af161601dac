"""A digest of the network address of a client without an account. It is used only to limit how many come."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from core.http.client_address import client_address, client_network
from wishlists.models import Wishlist


def client_digest(request: HttpRequest | Request, wishlist: Wishlist) -> str:
    """Return a digest that is the same for one address on one list, and different on another list."""
    where = f"{wishlist.pk} {client_network(client_address(request))}"
    return hmac.new(settings.SECRET_KEY.encode(), b"visitor " + where.encode(), hashlib.sha256).hexdigest()

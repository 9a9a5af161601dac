"""Links from a public link to other pages of the browsable API. Each address carries the token that its page needs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from core.api.browsable import Links
from wishlists.projections.rows import Row


def from_link(token: str) -> Links:
    """Return links to what can be read with the link of a list."""
    names = {
        "api-public-wishlist": _("The list as guests see it"),
        "api-public-who-sees": _("Who can see what"),
        "api-public-collections": _("Group gifts"),
        "api-public-pot": _("Group pot"),
        "api-public-reservations": _("My reservations"),
        "api-public-own-contributions": _("My contributions"),
        "public-events": _("Events"),
    }
    return [(text, _address(name, token)) for name, text in names.items()]


def to_public_items(rows: list[Row], token: str) -> Links:
    """Return links to the messages about each item, and to the viewer's place on its waiting list."""
    pairs: list[tuple[str, Any]] = [("api-public-messages", _("Messages about %(title)s"))]
    pairs.append(("api-public-waiting", _("My place on the waiting list for %(title)s")))
    return [
        (text % {"title": row["title"]}, _address(name, token, row["id"]))
        for row in rows
        for name, text in pairs
    ]


def to_own(rows: list[Row], name: str, token: str) -> Links:
    """Return links to each of the viewer's own reservations or contributions."""
    return [(_title(row), _address(name, token, row["id"])) for row in rows]


def _title(row: Row) -> str:
    return str(row["item"]["title"] if row["item"] else row["wishlist_title"])


def _address(name: str, token: str, *args: Any) -> str:
    return f"{reverse(name, args=args)}?{urlencode({'token': token})}"

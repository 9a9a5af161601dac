"""The key of each form, so that a form that is sent twice takes effect once (docs/forms.md)."""

from __future__ import annotations

import re
import secrets
from itertools import count

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

FIELD = "form_key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


def new_form_key(request: HttpRequest) -> str:
    """Return a new key for a form of this page: unguessable, and with a mark of the user who gets the page."""
    if not hasattr(request, "_form_keys"):
        start = f"{secrets.token_urlsafe(16)}.{mark_of(request)}."
        request._form_keys = (f"{start}{number}" for number in count(1))  # type: ignore[attr-defined]
    return str(next(request._form_keys))  # type: ignore[attr-defined]


def sent_form_key(request: HttpRequest) -> str | None:
    """Return the key of the posted form, or None if it has no well-formed key."""
    key = request.POST.get(FIELD, "")
    return key if _KEY.fullmatch(key) else None


def mark_of(request: HttpRequest) -> str:
    """Return a mark of the logged-in user that does not reveal who it is. All who are not logged in have the same mark."""
    user = getattr(request, "user", None)
    who = str(user.pk) if user is not None and user.is_authenticated else "nobody"
    return salted_hmac("form key", who, algorithm="sha256").hexdigest()[:16]


def mark_in(key: str | None) -> str:
    """Return the mark of the user for whom the form with this key was made, or an empty text."""
    parts = (key or "").split(".")
    return parts[1] if len(parts) == 3 else ""


def is_of_nobody(mark: str) -> bool:
    """Return whether a form with this mark was made for somebody who was not logged in."""
    nobody = salted_hmac("form key", "nobody", algorithm="sha256").hexdigest()[:16]
    return constant_time_compare(mark, nobody)

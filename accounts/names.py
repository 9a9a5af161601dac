"""Display names, which others see. They are never e-mail addresses, because users log in with those."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from core.text.typed_text import one_line

_ADDRESS = re.compile(r"\S@[^\s@]+\.\S")

NEW_MEMBER = _("New member")
"""Shown until the user sets a name. Not derived from the address, which would reveal a part of it."""

FORMER_MEMBER = _("Former member")
"""The name of a deleted user, on things that others still need."""

NOT_AN_ADDRESS = _("Choose a name that isn't an e-mail address. Other people see it.")


def tidy_name(name: str) -> str:
    """Return the name as one line with single spaces and without invisible characters, or "" if nothing is visible."""
    return " ".join(one_line(name).split())


def looks_like_address(name: str) -> bool:
    """Return whether `name` contains an e-mail address, also in full-width or similar characters."""
    return _ADDRESS.search(unicodedata.normalize("NFKC", name)) is not None

"""Display names: what others see of a person. Never an e-mail address, which is what people log in with."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from core.text.typed_text import one_line

_ADDRESS = re.compile(r"\S@[^\s@]+\.\S")

NEW_MEMBER = _("New member")
"""Shown until they say their name. Nothing made from the address: it would tell a part of it."""

FORMER_MEMBER = _("Former member")
"""What remains of somebody who left, on things that others need to make sense of."""

NOT_AN_ADDRESS = _("Choose a name that isn't an e-mail address. Other people see it.")


def tidy_name(name: str) -> str:
    """One line, single spaces, nothing that nobody sees; "" if nothing shows."""
    return " ".join(one_line(name).split())


def looks_like_address(name: str) -> bool:
    """Whether an address stands in `name`, full-width characters and the like included."""
    return _ADDRESS.search(unicodedata.normalize("NFKC", name)) is not None

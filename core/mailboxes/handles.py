"""Handles: names to log in with, for people without an e-mail address, such as children.

A handle never contains an @, so it equals no address. It is compared like an address, in lower case, and only has plain
letters, so that none looks like another (core/mailboxes/mailbox_forms.py).
"""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_HANDLE = re.compile(r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*", re.ASCII)
MIN_HANDLE, MAX_HANDLE = 3, 30


def is_handle(login_name: str) -> bool:
    """Return whether somebody logs in by this without having an address."""
    return bool(login_name) and "@" not in login_name


def validate_handle(handle: str) -> None:
    """Raise ValidationError unless this may become somebody's handle."""
    if not MIN_HANDLE <= len(handle) <= MAX_HANDLE or not _HANDLE.fullmatch(handle):
        raise ValidationError(
            _(
                "Use 3 to 30 plain letters (a to z) and digits. Single dots, hyphens and underscores may be between "
                "them."
            ),
            "bad_handle",
        )

"""Passwords as people type them. One password has several forms in Unicode, and one hash here.

A Mac types `ü` as two characters where others type one. Both become what RFC 8265 calls an opaque string: NFC, and each
kind of space a plain one. Hashes from before may be of another form, so those forms are tried too.
"""

from __future__ import annotations

import re
import unicodedata

from django.contrib.auth.hashers import make_password

MIN_PASSWORD, MAX_PASSWORD = 8, 128
"""Characters of the form that is hashed."""
LONGEST_TYPED = 4 * MAX_PASSWORD
"""Of a form in which each letter is spelled with its marks behind it."""
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def one_form(password: str) -> str:
    """The form that is hashed."""
    if password.isascii():
        return password
    return unicodedata.normalize("NFC", _SPACES.sub(" ", password))


def forms(password: str) -> list[str]:
    """What may have been hashed for `password`: today's form first, then as it is typed now, then decomposed."""
    today = one_form(password)
    return list(dict.fromkeys((today, password, unicodedata.normalize("NFD", today))))


def hash_password(password: str) -> str:
    return make_password(one_form(password))

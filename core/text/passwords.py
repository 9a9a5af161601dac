"""Normalize passwords, so that a password which can be written in several Unicode forms has one hash.

A Mac may send `ü` as two characters where other systems send one. Both become what RFC 8265 calls an opaque string: NFC,
with each kind of space as a plain one. Old hashes may be of other forms, so these are tried too.
"""

from __future__ import annotations

import re
import unicodedata

from django.contrib.auth.hashers import make_password

MIN_PASSWORD, MAX_PASSWORD = 8, 128
"""Length in characters, of the form that is hashed."""
LONGEST_TYPED = 4 * MAX_PASSWORD
"""Length of the input, in which each letter may be followed by several combining marks."""
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def one_form(password: str) -> str:
    """Return the form of the password that is hashed."""
    if password.isascii():
        return password
    return unicodedata.normalize("NFC", _SPACES.sub(" ", password))


def forms(password: str) -> list[str]:
    """Return the forms that may have been hashed: today's form, then the password as typed, then decomposed (NFD)."""
    today = one_form(password)
    return list(dict.fromkeys((today, password, unicodedata.normalize("NFD", today))))


def hash_password(password: str) -> str:
    return make_password(one_form(password))

"""Validate new e-mail addresses: they must be able to receive mail and must not look like another address.

Existing accounts are not checked: users can always log in with the address that they registered.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from core.lazy_modules import later
from core.mailboxes.mailbox_forms import ascii_domain

# 7 MB, which few addresses need.
categories = later("confusable_homoglyphs.categories")
confusables = later("confusable_homoglyphs.confusables")

RESERVED = "invalid"
"""The top-level domain that never receives mail (RFC 2606)."""
REMOVED_DOMAIN = f"removed.{RESERVED}"
"""The domain of the placeholder addresses of deleted accounts."""

_WRITTEN_TOGETHER = (
    {"LATIN", "HAN", "HIRAGANA", "KATAKANA"},
    {"LATIN", "HAN", "BOPOMOFO"},
    {"LATIN", "HAN", "HANGUL"},
)
"""Sets of scripts that one language mixes within a word (UTS #39, highly restrictive)."""
_DOTLESS = {"tr", "az"}
"""Top-level domains of languages that use the letter ı (Turkish, Azerbaijani). Elsewhere it counts as a disguised i."""


def validate_address(address: str) -> None:
    """Raise ValidationError for an invalid address, one that cannot receive mail, or one that looks like another."""
    validate_email(address)
    name, _at, domain = address.rpartition("@")
    if not name.isascii() or not _is_plain(domain):
        raise ValidationError(
            _("This address contains letters that look like other letters. Use an address in plain letters."),
            "confusable_address",
        )
    if name.startswith('"') or domain.startswith("["):
        raise ValidationError(validate_email.message, validate_email.code)
    if ascii_domain(domain).rpartition(".")[2] == RESERVED:
        raise ValidationError(
            _("This address can't receive e-mail. Use an address where you can read it."), "reserved_address"
        )


def _is_plain(domain: str) -> bool:
    """Return whether no label of the domain looks like another name."""
    ascii_form = ascii_domain(domain)
    if "xn--" not in ascii_form:
        return True
    try:
        labels = idna.decode(ascii_form).split(".")
    except UnicodeError:
        return False
    return not any(_is_disguised(label, labels[-1]) for label in labels)


def _is_disguised(label: str, top: str) -> bool:
    """Return whether a label can be confused with another.

    These can: a label with mixed scripts; a Latin label with a letter that looks like another; and a label of another
    script that looks Latin as a whole, unless its top-level domain has the same script.
    """
    scripts = _scripts(label)
    if len(scripts) > 1 and not any(scripts <= together for together in _WRITTEN_TOGETHER):
        return True
    letters = [character for character in label if unicodedata.category(character)[0] == "L"]
    disguised = [looks_latin(letter) for letter in letters if not letter.isascii()]
    if "LATIN" in scripts:
        return any(disguised) and not (
            top in _DOTLESS and {*label} - {"ı"} == {c for c in label if c.isascii()}
        )
    return bool(disguised) and all(disguised) and scripts != _scripts(top)


def _scripts(text: str) -> set[str]:
    return set(categories.unique_aliases(text)) - {"COMMON", "INHERITED"}


@cache
def looks_latin(letter: str) -> bool:
    """Return whether `letter` looks like one of the letters a to z."""
    found = confusables.confusables_data.get(letter, ())
    return any(len(glyph["c"]) == 1 and glyph["c"].isascii() and glyph["c"].isalpha() for glyph in found)

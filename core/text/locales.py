"""Locale data for a language code of Django, such as number formats."""

from __future__ import annotations

from functools import lru_cache

from babel.core import Locale, UnknownLocaleError


@lru_cache(maxsize=256)
def locale_of(language: str | None) -> Locale | None:
    """Return the locale of `language`, or of the known part of its code (`de-xx` → `de`), or None."""
    while language:
        try:
            return Locale.parse(language, sep="-")
        except (UnknownLocaleError, ValueError):
            language = language.rpartition("-")[0]
    return None

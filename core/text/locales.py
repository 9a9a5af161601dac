"""The locale data of a language as Django names it: how its people write numbers."""

from __future__ import annotations

from functools import lru_cache

from babel.core import Locale, UnknownLocaleError


@lru_cache(maxsize=256)
def locale_of(language: str | None) -> Locale | None:
    """Of `language`, else of the part of its name that the data knows (`de-xx` → `de`), else None."""
    while language:
        try:
            return Locale.parse(language, sep="-")
        except (UnknownLocaleError, ValueError):
            language = language.rpartition("-")[0]
    return None

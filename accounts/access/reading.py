"""Translate and format for a reader: in the language and the time zone that they chose, if they did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import translation

from accounts.models import User
from core.time.moments import moments_in, set_readers_zone


@contextmanager
def read_by(user: User, *, otherwise: str = "") -> Iterator[None]:
    """Translate and format for this reader within the body. `otherwise` is the language of a reader who chose none."""
    language = user.language or otherwise or translation.get_language() or "en"
    with translation.override(language), moments_in(user.time_zone):
        yield


def follow_reader(user: User) -> None:
    """Translate and format for this reader for the rest of the request."""
    if user.language:
        translation.activate(user.language)
    set_readers_zone(user.time_zone)

"""Template tags for people: their picture, or the first letters of their name."""

from __future__ import annotations

import zlib

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Notification, User
from accounts.projections.notice_links import page_about
from core.pages.drawings import SomeUser

register = template.Library()

HUES = 4


@register.simple_tag
def avatar(user: User | SomeUser) -> SafeString:
    """Draw a person's picture, or the initials of their name. The name stands beside it, so screen readers skip it."""
    if isinstance(user, SomeUser):
        return user.avatar
    if user.avatar_url:
        return format_html(
            '<img class="avatar" src="{}" alt="" width="40" height="40" loading="lazy">', user.avatar_url
        )
    hue = zlib.crc32(str(user.pk).encode()) % HUES
    return format_html(
        '<span class="avatar hue-{}" aria-hidden="true">{}</span>', hue, initials(user.display_name)
    )


@register.filter
def page_of(notification: Notification) -> str:
    """Return the path of the page that a notification is about, or ""."""
    return page_about(notification)


def initials(name: str) -> str:
    """Return the first letters of the first and the last word, or "?" for a name without letters and digits."""
    letters = [letter for letter in map(_first_letter, name.split()) if letter]
    return (letters[0] + "".join(letters[1:][-1:])).upper() if letters else "?"


def _first_letter(word: str) -> str:
    return next((letter for letter in word if letter.isalnum()), "")

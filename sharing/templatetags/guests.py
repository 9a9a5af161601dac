"""The address of a guest's private page, for templates that show it to this guest only."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.urls import reverse

from sharing.access.capabilities import manage_token
from sharing.web.shown_share_page import ShownGuest
from wishlists.models import Guest

register = template.Library()


@register.filter
def manage_address(guest: Guest | ShownGuest) -> str:
    if isinstance(guest, ShownGuest):
        return guest.manage_address
    return f"{settings.SITE_URL}{reverse('guest', args=[manage_token(guest)])}"

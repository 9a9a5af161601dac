"""Update an existing demo at each start."""

from __future__ import annotations

import re

from django.conf import settings

from accounts.models import User
from accounts.services.people import deactivate_user, reactivate_user
from wishlist_project.demo.build import picture_url
from wishlist_project.demo.story import MODERATOR
from wishlists.models import Item

_PICTURE = re.compile(rf"https?://[^/]+{re.escape(settings.STATIC_URL)}demo/([a-z-]+)\.svg")


def repoint_pictures() -> None:
    """Update the addresses of the demo's pictures: the site serves them, and its address may have changed."""
    drawn = Item.objects.filter(image_url__contains=f"{settings.STATIC_URL}demo/")
    for item in drawn.exclude(image_url__startswith=f"{settings.SITE_URL}/"):
        found = _PICTURE.fullmatch(item.image_url)
        if found:
            item.image_url = picture_url(found[1])
            item.save(update_fields=["image_url"])


def guard_moderator() -> None:
    """Deactivate the demo's moderator unless DEBUG is on (on loopback), because the README contains the password."""
    moderator = next(iter(User.objects.with_address(MODERATOR[1])), None)
    if moderator is None or moderator.is_active == settings.DEBUG:
        return
    if settings.DEBUG:
        reactivate_user(user=moderator)
    else:
        deactivate_user(user=moderator)

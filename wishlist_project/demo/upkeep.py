"""What each start does for a demo that is there already."""

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
    """The demo's pictures are served by the site itself, whose address may differ from that of the last start."""
    drawn = Item.objects.filter(image_url__contains=f"{settings.STATIC_URL}demo/")
    for item in drawn.exclude(image_url__startswith=f"{settings.SITE_URL}/"):
        found = _PICTURE.fullmatch(item.image_url)
        if found:
            item.image_url = picture_url(found[1])
            item.save(update_fields=["image_url"])


def guard_moderator() -> None:
    """Its password is printed in the README: it may log in on loopback, and nowhere else."""
    moderator = next(iter(User.objects.with_address(MODERATOR[1])), None)
    if moderator is None or moderator.is_active == settings.DEBUG:
        return
    if settings.DEBUG:
        reactivate_user(user=moderator)
    else:
        deactivate_user(user=moderator)

"""Tell `wishlists`, which must not import this app, which lists can be read by a link."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from sharing.models import PublicLink
from wishlists.access.former_givers import register_open_lists


@register_open_lists
def lists_behind_links() -> QuerySet[PublicLink, Any]:
    """Select the lists with a link that still works for people who have opened it. The list itself may be gone."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return PublicLink.objects.filter(unexpired, revoked_at=None).values("wishlist")

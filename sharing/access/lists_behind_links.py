"""What links open, said to the floor below, which knows of no links."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from sharing.models import PublicLink
from wishlists.access.former_givers import register_open_lists


@register_open_lists
def lists_behind_links() -> QuerySet[PublicLink, Any]:
    """Lists whose link still lets people stay in, whatever became of the list itself."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return PublicLink.objects.filter(unexpired, revoked_at=None).values("wishlist")

"""The personal API tokens of a user."""

from __future__ import annotations

from accounts.models import ApiToken, User
from accounts.models.api_tokens import ApiTokenQuerySet


def api_tokens_of(user: User) -> ApiTokenQuerySet:
    """Return the valid tokens of the user with their sessions, the newest first."""
    tokens = ApiToken.objects.live().filter(session__user=user).select_related("session")
    return tokens.order_by("-session__created_at", "pk")

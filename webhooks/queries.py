"""Find webhooks for their user."""

from __future__ import annotations

from uuid import UUID

from accounts.models import User
from core.errors.refusals import NotFound
from webhooks.models import Webhook


def webhook_at(user: User, webhook_id: UUID) -> Webhook:
    """Return a webhook of this user. Raises NotFound."""
    found = user.webhooks.filter(pk=webhook_id).first()
    if found is None:
        raise NotFound
    return found

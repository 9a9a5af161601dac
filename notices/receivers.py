"""Tell people on other channels when a service notifies them. Receivers join the running transaction."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from accounts.models import Notification, User
from notices.services.scheduling import schedule


def on_notified(
    sender: Any, kind: str, notifications: Collection[Notification], updated: Collection[UUID], **_: Any
) -> None:
    schedule(kind, notifications, updated)


def on_person_removed(sender: Any, user: User, **_: Any) -> None:
    """Forget their browsers and secret addresses. What was still to be told goes with their notifications."""
    user.push_subscriptions.all().delete()
    user.feed_links.all().delete()

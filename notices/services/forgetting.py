"""Forget a person who has left."""

from __future__ import annotations

from accounts.models import User


def forget_person(user: User) -> None:
    """Forget their browsers and secret addresses. It joins the change that removes the person."""
    user.push_subscriptions.all().delete()
    user.feed_links.all().delete()

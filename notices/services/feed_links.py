"""Secret addresses of a user's calendar and news: made, shown once, revoked."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from core.db.change import change, lock
from core.errors.refusals import NotFound
from core.limits.rate_limits import FEED_LINKS, refuse_beyond
from notices.access.feed_secrets import digest_of, digests_of, new_secret
from notices.models import FeedLink
from notices.refusals import TooManyFeeds

MOST = 20
"""Addresses of one user."""

UNSEEN_FOR = timedelta(minutes=1)
"""How long after an address was made its form may have been sent twice by accident."""


def make_feed_link(*, user: User, kind: str) -> tuple[FeedLink, str]:
    """Make an address. Its secret is returned here and kept nowhere."""
    refuse_beyond(FEED_LINKS, user.pk)
    return _make(user, kind)


@change()
def _make(user: User, kind: str) -> tuple[FeedLink, str]:
    lock(User.objects.filter(pk=user.pk)).get()
    if user.feed_links.count() >= MOST:
        raise TooManyFeeds
    secret = new_secret()
    return FeedLink.objects.create(user=user, kind=kind, digest=digest_of(secret)), secret


@change()
def renew_unseen_secret(*, user: User, link_id: UUID) -> tuple[FeedLink, str | None]:
    """Return the address with a new secret, if it was made a moment ago and never read: the user has not seen the first.

    Otherwise the secret is None, and the address stays as it is.
    """
    link = lock(user.feed_links.filter(pk=link_id)).first()
    if link is None:
        raise NotFound
    if link.read_at is not None or timezone.now() - link.created_at >= UNSEEN_FOR:
        return link, None
    secret = new_secret()
    link.digest = digest_of(secret)
    link.save(update_fields=["digest"])
    return link, secret


@change()
def revoke_feed_link(*, user: User, link_id: UUID) -> None:
    """Revoke an address: the next request to it is refused."""
    if not user.feed_links.filter(pk=link_id).delete()[0]:
        raise NotFound


def find_feed_link(kind: str, secret: str) -> FeedLink:
    """Return the address with that secret, if its user is active. Raises NotFound."""
    found = FeedLink.objects.filter(kind=kind, digest__in=digests_of(secret), user__is_active=True)
    link = found.select_related("user").first()
    if link is None:
        raise NotFound
    return link


def note_reading(link: FeedLink) -> None:
    """Write down that it was read, at most once an hour."""
    now = timezone.now()
    if link.read_at is None or link.read_at < now - timedelta(hours=1):
        _note(link, now)


@change()
def _note(link: FeedLink, now: datetime) -> None:
    FeedLink.objects.filter(pk=link.pk).update(read_at=now)

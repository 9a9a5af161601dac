"""Turn web push on and off in a browser."""

from __future__ import annotations

import hashlib
from uuid import UUID

from accounts.models import Session, User
from core.db.change import change, lock
from core.errors.refusals import NotFound
from core.limits.rate_limits import PUSH_SUBSCRIPTIONS, refuse_beyond
from core.outgoing.posting import check_url
from notices.access.push_keys import are_browser_keys
from notices.models import PushSubscription
from notices.refusals import NoSuchPlace, NotFromABrowser, TooManyBrowsers

MOST = 20
"""Browsers of one user."""


def subscribe_browser(
    *, user: User, session: Session, endpoint: str, p256dh: str, auth: str
) -> PushSubscription:
    """Push news to a browser from now on, as long as this log-in lasts. Doing it again changes nothing.

    If somebody else turned it on in the same browser, it is no longer theirs: a browser shows what its last user gets.
    """
    refuse_beyond(PUSH_SUBSCRIPTIONS, user.pk)
    if not are_browser_keys(p256dh, auth):
        raise NotFromABrowser
    if not check_url(endpoint):
        raise NoSuchPlace
    return _subscribe(user, session, endpoint, p256dh, auth)


@change()
def _subscribe(user: User, session: Session, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    lock(User.objects.filter(pk=user.pk)).get()
    digest = digest_of(endpoint)
    others = PushSubscription.objects.filter(endpoint_digest=digest).exclude(user=user)
    others.delete()
    mine = user.push_subscriptions.exclude(endpoint_digest=digest)
    if mine.filter(session__in=Session.objects.live()).count() >= MOST:
        raise TooManyBrowsers
    made, _created = PushSubscription.objects.update_or_create(
        endpoint_digest=digest,
        defaults={
            "user": user,
            "session": session,
            "endpoint": endpoint,
            "p256dh": p256dh,
            "auth": auth,
            "failures": 0,
        },
    )
    return made


@change()
def unsubscribe_browser(*, user: User, endpoint: str) -> None:
    """Push no more news to a browser. If it gets none, nothing happens."""
    user.push_subscriptions.filter(endpoint_digest=digest_of(endpoint)).delete()


@change()
def remove_browser(*, user: User, subscription_id: UUID) -> None:
    """Push no more news to a browser. Raises NotFound if there is none with that id."""
    if not user.push_subscriptions.filter(pk=subscription_id).delete()[0]:
        raise NotFound


def digest_of(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode(errors="surrogatepass")).hexdigest()

"""Make, pause and delete webhooks."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from core.db.change import change, lock
from core.errors.refusals import NotFound
from core.limits.rate_limits import WEBHOOKS, refuse_beyond
from core.outgoing.posting import check_url
from webhooks.models import Webhook
from webhooks.refusals import NotAnAddress, TooManyWebhooks
from webhooks.services.following import follow
from wishlists.queries.lists import visible_list

MOST = 10
"""Webhooks of one user."""


def make_webhook(
    *, user: User, url: str, wishlist_id: UUID | None = None, events: Iterable[str] = ()
) -> Webhook:
    """Send the events of one list, or of all lists of the user, to `url` from now on."""
    refuse_beyond(WEBHOOKS, user.pk)
    if not check_url(url):
        raise NotAnAddress
    return _make(user, url, wishlist_id, sorted(set(events)))


@change()
def _make(user: User, url: str, wishlist_id: UUID | None, events: list[str]) -> Webhook:
    lock(User.objects.filter(pk=user.pk)).get()
    if user.webhooks.count() >= MOST:
        raise TooManyWebhooks
    if wishlist_id is not None:
        visible_list(user, wishlist_id)
    made = Webhook.objects.create(user=user, url=url, wishlist_id=wishlist_id, events=events)
    follow([made])
    return made


@change()
def pause_webhook(*, user: User, webhook_id: UUID) -> Webhook:
    """Deliver nothing until it is resumed. What happens meanwhile is not delivered later."""
    webhook = _mine(user, webhook_id)
    if webhook.stopped_at is None:
        webhook.stopped_at, webhook.stopped_because = timezone.now(), Webhook.Stop.PAUSED
        webhook.save(update_fields=["stopped_at", "stopped_because"])
        webhook.followed.all().delete()
    return webhook


@change()
def resume_webhook(*, user: User, webhook_id: UUID) -> Webhook:
    """Deliver again, beginning with a `resync` of each list."""
    webhook = _mine(user, webhook_id)
    if webhook.stopped_at is not None:
        webhook.stopped_at, webhook.stopped_because = None, ""
        webhook.save(update_fields=["stopped_at", "stopped_because"])
        follow([webhook])
    return webhook


@change()
def delete_webhook(*, user: User, webhook_id: UUID) -> None:
    _mine(user, webhook_id).delete()


def _mine(user: User, webhook_id: UUID) -> Webhook:
    """Return the webhook of this user, locked. Raises NotFound."""
    found = lock(user.webhooks.filter(pk=webhook_id).select_related("user")).first()
    if found is None:
        raise NotFound
    return found

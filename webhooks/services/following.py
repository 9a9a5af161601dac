"""Decide which lists each webhook follows, and as which audience: those that its user may see now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils import timezone

from core.db.change import change
from realtime.access import Person, Verdict, Way, judge
from realtime.log.streams import list_key
from realtime.protocol import SocketError
from webhooks.models import FollowedList, Webhook
from wishlists.models import Member, Wishlist

AT_ONCE = 200
"""Webhooks that are looked at together."""

Pair = tuple[UUID, UUID]
"""A webhook and a list."""


def follow_lists() -> None:
    """Follow lists that somebody may see since now, and no longer follow those that they may not see."""
    keys = list(Webhook.objects.active().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        follow(Webhook.objects.active().filter(pk__in=keys[start : start + AT_ONCE]).select_related("user"))


@change()
def follow(webhooks: Iterable[Webhook]) -> None:
    """Bring the followed lists of these webhooks up to date."""
    rows = list(webhooks)
    wanted = _streams(rows)
    known = {(row.webhook_id, row.wishlist_id): row for row in FollowedList.objects.filter(webhook__in=rows)}
    lost = [row.pk for pair, row in known.items() if pair not in wanted]
    FollowedList.objects.filter(pk__in=lost).delete()
    moved = [row for pair, row in known.items() if pair in wanted and row.stream_key != wanted[pair]]
    for row in moved:
        row.stream_key, row.epoch, row.seq = wanted[row.webhook_id, row.wishlist_id], "", 0
    FollowedList.objects.bulk_update(moved, ["stream_key", "epoch", "seq"])
    new = [
        FollowedList(webhook_id=webhook, wishlist_id=wishlist, stream_key=key, due_at=timezone.now())
        for (webhook, wishlist), key in wanted.items()
        if (webhook, wishlist) not in known
    ]
    FollowedList.objects.bulk_create(new)


def stream_now(followed: FollowedList) -> str | None:
    """Return the stream that the webhook may follow now, or None if its user may not see the list any more."""
    webhook = followed.webhook
    if webhook.stopped_at is not None or not webhook.user.is_active:
        return None
    way = way_of(webhook, followed.wishlist_id)
    return _key(judge({way})[way], followed.wishlist_id)


def way_of(webhook: Webhook, wishlist_id: UUID) -> Way:
    """Return the way of the webhook's user. A webhook has no session: it lasts until it is deleted or stopped."""
    tenant_id = webhook.user.tenant_id
    assert tenant_id is not None
    return Way(wishlist_id, Person(webhook.user_id, tenant_id, session_id=webhook.pk))


def _streams(webhooks: list[Webhook]) -> dict[Pair, str]:
    """Return the stream of each list that each webhook may follow."""
    lists = _lists_of(webhooks)
    asked: dict[Pair, Way] = {
        (webhook.pk, wishlist_id): way_of(webhook, wishlist_id)
        for webhook in webhooks
        for wishlist_id in lists[webhook.pk]
    }
    verdicts: Mapping[Way, Verdict] = judge(set(asked.values())) if asked else {}
    found = {pair: _key(verdicts[way], pair[1]) for pair, way in asked.items()}
    return {pair: key for pair, key in found.items() if key is not None}


def _lists_of(webhooks: list[Webhook]) -> dict[UUID, set[UUID]]:
    """Return the lists that each webhook asks for, whether or not its user may see them."""
    users = {webhook.user_id for webhook in webhooks if webhook.wishlist_id is None}
    places = Member.objects.live().filter(user__in=users).values_list("user", "wishlist")
    owned = Wishlist.objects.live().filter(owner__in=users).values_list("owner", "pk")
    lists: dict[UUID, set[UUID]] = {user: set() for user in users}
    for user, wishlist in [*places, *owned]:
        lists[user].add(wishlist)
    return {
        webhook.pk: {webhook.wishlist_id} if webhook.wishlist_id else lists[webhook.user_id]
        for webhook in webhooks
    }


def _key(verdict: Verdict, wishlist_id: UUID) -> str | None:
    return None if isinstance(verdict, SocketError) else list_key(wishlist_id, verdict)

"""Create, change and delete exchanges, and exclude pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import notify
from core.db.change import change, lock
from exchanges.models import Exchange, Exclusion
from exchanges.queries import accounts_of, exchange_of, organised_by, participant_in, participants_of
from exchanges.refusals import ExchangeFull, NoSuchExclusion, OrganisersOnly, TooManyExchanges
from exchanges.services.locking import lock_exchange
from exchanges.services.participants import add_participants

MOST_EXCHANGES = 200
MOST_EXCLUSIONS = 300


@change()
def start_exchange(*, by: User, participants: Sequence[dict[str, Any]] = (), **fields: Any) -> Exchange:
    """Create an exchange with these participants. The organiser takes part only if they join."""
    lock(User.objects.filter(pk=by.pk)).get()  # so that the number of exchanges is exact
    if Exchange.objects.live().filter(organiser=by).count() >= MOST_EXCHANGES:
        raise TooManyExchanges
    made = Exchange(organiser=by, tenant=by.tenant, **_written(by, fields))
    made.save(force_insert=True)
    add_participants(exchange=made, by=by, people=participants)
    return made


@change()
def edit_exchange(*, exchange_id: UUID, by: User, **fields: Any) -> Exchange:
    """Change the fields that differ."""
    exchange = lock_exchange(organised_by(by, exchange_id))
    changed = {name: new for name, new in _written(by, fields).items() if getattr(exchange, name) != new}
    for name, new in changed.items():
        setattr(exchange, name, new)
    if "previous_id" in changed:
        exchange.needs_draw = True
    if changed:
        exchange.save(update_fields=[*changed, "needs_draw"])
    return exchange


@change()
def remove_exchange(*, exchange_id: UUID, by: User) -> None:
    """Delete an exchange. Its participants are notified, and private links stop working."""
    exchange = lock_exchange(organised_by(by, exchange_id))
    told = [user for user in accounts_of(participants_of(exchange)) if user.pk != by.pk]
    exchange.removed_at = timezone.now()
    exchange.save(update_fields=["removed_at"])
    # Nobody needs to know any more who gave to whom.
    exchange.participants.update(sealed=None)
    notify(
        users=told,
        kind="exchange_deleted",
        title=_("“%(exchange)s” was deleted") % {"exchange": exchange.title},
        payload={"exchange_title": exchange.title},
    )


@change()
def renew_join_link(*, exchange_id: UUID, by: User) -> Exchange:
    """Replace the link to join. Those who joined by the old one stay."""
    exchange = lock_exchange(organised_by(by, exchange_id))
    exchange.link_key = uuid4()
    exchange.save(update_fields=["link_key"])
    return exchange


@change()
def exclude_pair(
    *, exchange_id: UUID, by: User, giver_id: UUID, receiver_id: UUID, is_mutual: bool = True
) -> Exclusion:
    """Exclude that one gives to the other, and with `is_mutual` also the other way round."""
    exchange = lock_exchange(organised_by(by, exchange_id))
    giver, receiver = (participant_in(exchange, pk) for pk in (giver_id, receiver_id))
    found = exchange.exclusions.filter(giver=giver, receiver=receiver).first()
    if found is not None and found.is_mutual == is_mutual:
        return found
    if found is not None:
        found.is_mutual = is_mutual
        found.save(update_fields=["is_mutual"])
    else:
        if exchange.exclusions.count() >= MOST_EXCLUSIONS:
            raise ExchangeFull
        found = Exclusion.objects.create(
            exchange=exchange, giver=giver, receiver=receiver, is_mutual=is_mutual
        )
    _needs_draw(exchange)
    return found


@change()
def allow_pair(*, exchange_id: UUID, by: User, exclusion_id: UUID) -> None:
    """Remove an exclusion."""
    exchange = lock_exchange(organised_by(by, exchange_id))
    found = exchange.exclusions.filter(pk=exclusion_id).first()
    if found is None:
        raise NoSuchExclusion
    found.delete()


def _needs_draw(exchange: Exchange) -> None:
    exchange.needs_draw = True
    exchange.save(update_fields=["needs_draw"])


def _written(by: User, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the columns. The previous exchange is one that `by` organised."""
    if fields.get("previous_id") is not None and exchange_of(by, fields["previous_id"]).organiser_id != by.pk:
        raise OrganisersOnly
    return fields

"""The lock that services of exchanges take: the exchange. Nothing else of it is locked."""

from __future__ import annotations

from core.db.change import lock
from exchanges.models import Exchange
from exchanges.refusals import NoSuchExchange


def lock_exchange(exchange: Exchange) -> Exchange:
    """Return the exchange as it is now, locked until the transaction ends. Any change to it needs this lock."""
    found = lock(Exchange.objects.live().filter(pk=exchange.pk).select_related("organiser")).first()
    if found is None:
        raise NoSuchExchange
    return found

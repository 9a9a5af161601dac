"""Helpers for tests of exchanges."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from exchanges.access.sealing import unseal
from exchanges.models import Exchange, Participant
from exchanges.services.exchanges import start_exchange

NAMES = ("Gran", "Walter", "Mia", "Noah", "Ida")


def started(by: User, *names: str, **fields: Any) -> Exchange:
    """Return an exchange with these names, or a family of five."""
    people = [{"name": name} for name in names or NAMES]
    return start_exchange(by=by, participants=people, **{"title": "Christmas", **fields})


def place(exchange: Exchange, name: str) -> Participant:
    return Participant.objects.live().select_related("exchange").get(exchange=exchange, name=name)


def drawn(exchange: Exchange) -> dict[str, str]:
    """Return who gives to whom, by name, with the server's key."""
    exchange.refresh_from_db()
    people = {one.pk: one for one in exchange.participants.live()}
    receivers = {one: unseal(one, draw_number=exchange.draw_number) for one in people.values()}
    return {one.name: people[pk].name for one, pk in receivers.items() if pk in people}

"""The demo's people without an account, and an exchange of gifts that is drawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from exchanges.services.drawing import draw_exchange
from exchanges.services.exchanges import exclude_pair, start_exchange
from exchanges.services.participants import describe_oneself, join_exchange
from people.services.people import add_people


def build_people(people: dict[str, User]) -> None:
    """Note what Bob knows of some people."""
    soon = timezone.localdate() + timedelta(days=20)
    noted: list[dict[str, Any]] = [
        {
            "name": "Grandpa Otto",
            "birthday": f"--{soon:%m-%d}",
            "sizes": {"Shoes": "44", "Pullover": "L"},
            "likes": "Marzipan, crime novels",
            "dislikes": "Aftershave",
        },
        {"name": "Alice", "user_id": people["Alice"].pk, "sizes": {"Ring": "17"}},
    ]
    add_people(by=people["Bob"], people=noted)


def build_exchange(people: dict[str, User]) -> None:
    """Let Bob organise an exchange with three accounts and Grandpa Otto, who has none."""
    bob = people["Bob"]
    exchange = start_exchange(
        by=bob,
        title="Christmas with everyone",
        day=timezone.localdate() + timedelta(days=24),
        budget_minor=2000,
        currency="EUR",
        participants=[{"name": "Grandpa Otto"}],
    )
    places = [join_exchange(exchange=exchange, user=people[name]) for name in ("Alice", "Bob", "Charlie")]
    describe_oneself(
        participant=places[2], by=people["Charlie"], wishes="Something to read, or warm socks (43)"
    )
    exclude_pair(exchange_id=exchange.pk, by=bob, giver_id=places[0].pk, receiver_id=places[1].pk)
    draw_exchange(exchange_id=exchange.pk, by=bob)

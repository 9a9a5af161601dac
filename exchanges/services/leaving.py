"""Leave all exchanges when an account is removed, and delete those that it organises."""

from __future__ import annotations

from accounts.models import User
from accounts.names import FORMER_MEMBER
from core.db.change import change
from exchanges.models import Exchange, Participant
from exchanges.services.exchanges import remove_exchange
from exchanges.services.participants import leave_exchange


@change()
def leave_all_exchanges(*, user: User) -> None:
    for exchange in Exchange.objects.live().filter(organiser=user).order_by("pk"):
        remove_exchange(exchange_id=exchange.pk, by=user)
    places = Participant.objects.live().filter(user=user, exchange__removed_at=None)
    for place in places.select_related("exchange").order_by("exchange_id"):
        leave_exchange(participant=place, by=user)
    Participant.objects.filter(user=user).update(name=str(FORMER_MEMBER), wishes="", wishlist=None)

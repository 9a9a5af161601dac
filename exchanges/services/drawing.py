"""Draw an exchange: lock it, read who takes part, choose, and write what everybody gets, encrypted, in one transaction.

The result is in no log, notification, mail or job, and no function returns it but to the participant
(exchanges/services/showing.py).
"""

from __future__ import annotations

from random import SystemRandom
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import notify
from core.db.change import change
from exchanges.access.sealing import seal, unseal
from exchanges.drawing.drawing import NoAssignment, Pair, draw
from exchanges.models import Exchange, Exclusion, Participant
from exchanges.queries import accounts_of, organised_by, participants_of
from exchanges.refusals import AlreadyDrawn, NoAssignmentExists
from exchanges.services.locking import lock_exchange
from exchanges.tasks import mail_participant

dice = SystemRandom()


@change()
def draw_exchange(*, exchange_id: UUID, by: User) -> Exchange:
    """Draw who gives to whom. If somebody has joined or left since the last draw, as many pairs as possible stay.

    Raises `AlreadyDrawn` if nothing has changed, and `NoAssignmentExists` with the exclusions that clash.
    """
    exchange = lock_exchange(organised_by(by, exchange_id))
    if not exchange.needs_draw:
        raise AlreadyDrawn
    people = list(participants_of(exchange))
    excluded = list(exchange.exclusions.order_by("created_at", "pk"))
    place = {one.pk: number for number, one in enumerate(people)}
    try:
        drawn = draw(
            len(people),
            [_pairs(one, place) for one in excluded],
            dice,
            kept=_kept(exchange, people, place),
            avoided=_drawn_before(exchange, people),
        )
    except NoAssignment as error:
        raise _explained(people, [excluded[number] for number in error.clashing]) from error
    _write(exchange, people, drawn)
    _tell(exchange, people)
    return exchange


def _write(exchange: Exchange, people: list[Participant], drawn: list[int]) -> None:
    is_first = not exchange.is_drawn
    exchange.draw_number += 1
    exchange.drawn_at, exchange.needs_draw = timezone.now(), False
    exchange.save(update_fields=["draw_number", "drawn_at", "needs_draw"])
    for giver, receiver in enumerate(drawn):
        people[giver].sealed = seal(people[giver], people[receiver].pk, draw_number=exchange.draw_number)
    # All rows are written, also those whose receiver stays: otherwise the database would say whose changed.
    Participant.objects.bulk_update(people, ["sealed"])
    if is_first:
        exchange.participants.exclude(left_at=None).update(sealed=None)


def _pairs(exclusion: Exclusion, place: dict[UUID, int]) -> list[Pair]:
    """Return the pairs that the exclusion forbids. Those who left have no exclusions."""
    giver, receiver = place[exclusion.giver_id], place[exclusion.receiver_id]
    return [(giver, receiver), *([(receiver, giver)] if exclusion.is_mutual else [])]


def _kept(exchange: Exchange, people: list[Participant], place: dict[UUID, int]) -> dict[int, int]:
    """Return the pairs of the last draw, both of whom still take part."""
    last = {one.pk: unseal(one, draw_number=exchange.draw_number) for one in people}
    return {place[pk]: place[receiver] for pk, receiver in last.items() if receiver in place}


def _drawn_before(exchange: Exchange, people: list[Participant]) -> list[Pair]:
    """Return the pairs of the previous exchange. People are the same if their account, their address or their name is."""
    if exchange.previous is None or not exchange.previous.is_drawn:
        return []
    before = list(exchange.previous.participants.live())
    now = {mark: number for number, one in enumerate(people) for mark in _marks(one)}
    number = {one.pk: next((now[mark] for mark in _marks(one) if mark in now), None) for one in before}
    pairs = []
    for one in before:
        receiver = unseal(one, draw_number=exchange.previous.draw_number)
        giver, taken = number[one.pk], number.get(receiver) if receiver else None
        if giver is not None and taken is not None and giver != taken:
            pairs.append((giver, taken))
    return pairs


def _marks(participant: Participant) -> list[str]:
    """Return what tells who a participant is, the surest first."""
    marks = [f"account {participant.user_id}"] if participant.user_id else []
    if participant.mailbox:
        marks.append(f"mailbox {participant.mailbox}")
    return [*marks, f"name {participant.name.casefold()}"]


def _explained(people: list[Participant], clashing: list[Exclusion]) -> NoAssignmentExists:
    """Return the refusal with the exclusions that leave no assignment together, by name."""
    if not clashing:
        return NoAssignmentExists(clashing=[])
    names = {one.pk: one.name for one in people}
    said = [
        (_("%(one)s and %(other)s") if one.is_mutual else _("%(one)s to %(other)s"))
        % {"one": names[one.giver_id], "other": names[one.receiver_id]}
        for one in clashing
    ]
    told = _("These exclusions leave no way to draw. Remove one of them: %(exclusions)s.")
    return NoAssignmentExists(
        told % {"exclusions": "; ".join(said)},
        clashing=[
            {
                "id": one.pk,
                "giver_id": one.giver_id,
                "receiver_id": one.receiver_id,
                "mutual": one.is_mutual,
            }
            for one in clashing
        ],
    )


def _tell(exchange: Exchange, people: list[Participant]) -> None:
    """Tell everybody the same, whether or not their receiver has changed."""
    notify(
        users=accounts_of(people),
        kind="exchange_drawn",
        title=_("“%(exchange)s” was drawn. See to whom you give.") % {"exchange": exchange.title},
        payload={"exchange_id": str(exchange.pk), "exchange_title": exchange.title},
        about=f"exchange {exchange.pk}",
    )
    for one in people:
        if one.email and one.user_id is None:
            mail_participant.enqueue(str(one.pk), "exchange_drawn")

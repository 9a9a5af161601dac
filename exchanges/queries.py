"""Find exchanges and participants. What somebody may not know of raises the same error as what doesn't exist."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import F

from accounts.models import User
from exchanges.access.tokens import join_key, private_key
from exchanges.models import Exchange, ExchangeQuerySet, Participant, ParticipantQuerySet
from exchanges.projections import EXCHANGE, Eyes, Row, eyes_of, project_exclusion, project_participant
from exchanges.refusals import NoSuchExchange, NoSuchParticipant, NoSuchPrivateLink, OrganisersOnly


def exchanges_of(user: User) -> ExchangeQuerySet:
    """Return the exchanges of `user`, the next one first."""
    return (
        Exchange.objects.of(user)
        .select_related("organiser")
        .order_by(F("day").desc(nulls_first=True), "-created_at", "pk")
    )


def exchange_of(user: User, exchange_id: UUID) -> Exchange:
    exchange = Exchange.objects.of(user).select_related("organiser").filter(pk=exchange_id).first()
    if exchange is None:
        raise NoSuchExchange
    return exchange


def organised_by(user: User, exchange_id: UUID) -> Exchange:
    exchange = exchange_of(user, exchange_id)
    if exchange.organiser_id != user.pk:
        raise OrganisersOnly
    return exchange


def participants_of(exchange: Exchange) -> ParticipantQuerySet:
    """Return who takes part, in the order in which they joined."""
    return exchange.participants.live().select_related("user").order_by("joined_at", "pk")


def place_of(user: User, exchange: Exchange) -> Participant | None:
    """Return the participant that `user` is, if any."""
    return exchange.participants.live().are(user).order_by("joined_at").first()


def participant_in(exchange: Exchange, participant_id: UUID) -> Participant:
    found: Participant | None = exchange.participants.live().filter(pk=participant_id).first()
    if found is None:
        raise NoSuchParticipant
    return found


def exchange_to_join(token: str) -> Exchange:
    """Return the exchange to which this token of a link invites."""
    key = join_key(token)
    found = Exchange.objects.live().filter(link_key=key).select_related("organiser").first() if key else None
    if found is None or not found.organiser.is_active:
        raise NoSuchPrivateLink
    return found


def participant_with(token: str) -> Participant:
    """Return the participant whose private link has this token."""
    key = private_key(token)
    places = Participant.objects.live().filter(exchange__removed_at=None)
    found = places.filter(key=key).select_related("exchange__organiser", "user").first() if key else None
    if found is None:
        raise NoSuchPrivateLink
    return found


def accounts_of(participants: Collection[Participant]) -> list[User]:
    """Return the accounts of participants: those that joined, and those whose verified address was given."""
    ids = {one.user_id for one in participants if one.user_id}
    mailboxes = {one.mailbox for one in participants if one.user_id is None and one.mailbox}
    tenants = {one.exchange.tenant_id for one in participants}
    people = User.objects.filter(is_active=True, tenant__in=tenants)
    addressed = [user for user in people.filter(mailbox__in=mailboxes) if user.address_counts]
    return sorted({*people.filter(pk__in=ids), *addressed}, key=lambda user: user.pk)


def project_exchange(exchange: Exchange, user: User) -> Row:
    """Return an exchange with its participants, as `user` may see it."""
    eyes, mine = eyes_of(user, exchange), place_of(user, exchange)
    excluded = exchange.exclusions.order_by("created_at", "pk") if eyes is Eyes.ORGANISER else ()
    return EXCHANGE.project(
        exchange,
        eyes,
        my_participant_id=mine.pk if mine else None,
        participants=[project_participant(one, eyes) for one in participants_of(exchange)],
        exclusions=[project_exclusion(one) for one in excluded],
    )

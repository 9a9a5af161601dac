"""How exchanges look to the organiser, to participants, and to somebody with a link to join."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from accounts.models import User
from accounts.projections.people import person
from core.money.money import Money
from core.projections.fields import READER, Field, Projection, Reader
from exchanges.access.tokens import join_token
from exchanges.models import Exchange, Exclusion, Participant

Row = dict[str, Any]


class Eyes(StrEnum):
    """Who looks at an exchange. To whom somebody gives is for neither."""

    ORGANISER = "organiser"
    PARTICIPANT = "participant"


ALL = frozenset(Eyes)
ORGANISER = frozenset({Eyes.ORGANISER})


def _budget(exchange: Exchange, _: Any) -> Money | None:
    return None if exchange.budget_minor is None else Money(exchange.budget_minor, exchange.currency)


def _get(name: str) -> Any:
    return lambda row, _: getattr(row, name)


EXCHANGE = Projection(
    "exchange",
    Eyes,
    Field("id", sights=ALL, get=_get("pk")),
    Field("title", sights=ALL, get=_get("title")),
    Field("day", sights=ALL, get=_get("day")),
    Field("budget", sights=ALL, get=_budget),
    Field("currency", sights=ALL, get=lambda exchange, _: exchange.currency or None),
    Field("note", sights=ALL, get=lambda exchange, _: exchange.note or None),
    Field("organiser", sights=ALL, get=lambda exchange, _: person(exchange.organiser)),
    Field("previous_id", sights=ORGANISER, get=_get("previous_id")),
    Field("drawn_at", sights=ALL, get=_get("drawn_at")),
    Field("needs_draw", sights=ALL, get=_get("needs_draw")),
    Field("created_at", sights=ALL, get=_get("created_at")),
    Field("join_token", sights=ORGANISER, get=lambda exchange, _: join_token(exchange)),
    Field("my_participant_id", sights=ALL, given=True),
    Field("participants", sights=ALL, given=True),
    Field("exclusions", sights=ORGANISER, given=True, hidden_as=()),
)

PARTICIPANT = Projection(
    "participant",
    Eyes,
    Field("id", sights=ALL, get=_get("pk")),
    Field("name", sights=ALL, get=_get("name")),
    Field("user_id", sights=ALL, get=_get("user_id")),
    Field("email", sights=ORGANISER, get=lambda one, _: one.email or None),
    Field("joined_at", sights=ALL, get=_get("joined_at")),
    Field("has_code", sights=ORGANISER, get=lambda one, _: bool(one.code_mac), hidden_as=False),
)
"""A participant. Whether they have looked at the draw, and to whom they give, is not here."""

EXCLUSION = Projection(
    "exclusion",
    Eyes,
    Field("id", sights=ORGANISER, get=_get("pk")),
    Field("giver_id", sights=ORGANISER, get=_get("giver_id")),
    Field("receiver_id", sights=ORGANISER, get=_get("receiver_id")),
    Field("mutual", sights=ORGANISER, get=_get("is_mutual")),
)

NEW_PARTICIPANT = PARTICIPANT.also("new participant", Field("manage_token", sights=ALL, given=True))
"""Somebody who just joined, with the token of their private link if they have no account."""

INVITATION = Projection(
    "exchange to join",
    Reader,
    Field("id", sights=READER, get=_get("pk")),
    Field("title", sights=READER, get=_get("title")),
    Field("day", sights=READER, get=_get("day")),
    Field("budget", sights=READER, get=_budget),
    Field("currency", sights=READER, get=lambda exchange, _: exchange.currency or None),
    Field("note", sights=READER, get=lambda exchange, _: exchange.note or None),
    Field("organiser", sights=READER, get=lambda exchange, _: exchange.organiser.display_name),
    Field("drawn_at", sights=READER, get=_get("drawn_at")),
)
"""What somebody with the link to join may know."""

RECIPIENT = Projection(
    "drawn recipient",
    Reader,
    Field("exchange_id", sights=READER, given=True),
    Field("drawn_at", sights=READER, given=True),
    Field("name", sights=READER, given=True),
    Field("wishes", sights=READER, given=True),
    Field("wishlists", sights=READER, given=True),
    Field("list_title", sights=READER, given=True),
    Field("list_url", sights=READER, given=True),
)
"""To whom somebody gives, for themselves alone."""

PRIVATE_LINK = Projection(
    "private link",
    Reader,
    Field("token", sights=READER, given=True),
    Field("url", sights=READER, given=True),
)


def eyes_of(user: User, exchange: Exchange) -> Eyes:
    return Eyes.ORGANISER if exchange.organiser_id == user.pk else Eyes.PARTICIPANT


def project_participant(participant: Participant, eyes: Eyes) -> Row:
    return PARTICIPANT.project(participant, eyes)


def project_new_participant(participant: Participant, manage_token: str | None) -> Row:
    return NEW_PARTICIPANT.project(participant, Eyes.PARTICIPANT, manage_token=manage_token)


def project_exclusion(exclusion: Exclusion) -> Row:
    return EXCLUSION.project(exclusion, Eyes.ORGANISER)


def project_invitation(exchange: Exchange) -> Row:
    return INVITATION.project(exchange, Reader.READER)

"""Tokens of the links of an exchange: one to join, and a private one for each participant. None is stored."""

from __future__ import annotations

from uuid import UUID

from core.http.signed_ids import read_signed_id, sign_id
from exchanges.models import Exchange, Participant

_JOIN, _PRIVATE = "exchange-join", "exchange-participant"


def join_token(exchange: Exchange) -> str:
    """Return the token of `/j/<token>`. Only the organiser is shown it."""
    return sign_id(_JOIN, exchange.link_key)


def private_token(participant: Participant) -> str:
    """Return the token of `/x/<token>`, by which this participant sees to whom they give. Never log it."""
    return sign_id(_PRIVATE, participant.key)


def join_key(token: str) -> UUID | None:
    return read_signed_id(_JOIN, token)


def private_key(token: str) -> UUID | None:
    return read_signed_id(_PRIVATE, token)

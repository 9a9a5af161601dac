"""Projections of sessions and API tokens, for their user alone."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from accounts.models import ApiToken, Session
from core.projections.fields import READER, Field, Projection, Reader

Row = dict[str, Any]

SESSION = Projection(
    "session",
    Reader,
    Field("id", sights=READER, column="pk"),
    Field("device", sights=READER, empty_is_null=True),
    Field("created_at", sights=READER),
    Field("last_used_at", sights=READER),
    Field("is_current", sights=READER, given=True),
    read=attrgetter,
)

API_TOKEN = Projection(
    "API token",
    Reader,
    Field("id", sights=READER, column="pk"),
    Field("name", sights=READER),
    Field("scopes", sights=READER, column="session.scopes"),
    Field("created_at", sights=READER, column="session.created_at"),
    Field("last_used_at", sights=READER, column="session.last_used_at"),
    Field("expires_at", sights=READER, column="session.expires_at"),
    read=attrgetter,
)
"""A token without its secret, which is stored nowhere."""

NEW_API_TOKEN = API_TOKEN.also("new API token", Field("token", sights=READER, given=True))
"""A new token with its secret, for the one answer that has it."""


def session_row(session: Session, current: Session | None) -> Row:
    is_current = current is not None and current.pk == session.pk
    return SESSION.project(session, Reader.READER, is_current=is_current)


def api_token_row(token: ApiToken) -> Row:
    return API_TOKEN.project(token, Reader.READER)


def new_api_token_row(token: ApiToken, secret: str | None) -> Row:
    return NEW_API_TOKEN.project(token, Reader.READER, token=secret)

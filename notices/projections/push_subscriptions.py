"""Projections of the browsers that get web pushes, for their user alone. The endpoint is a secret of the browser."""

from __future__ import annotations

from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

from core.projections.fields import READER, Field, Projection, Reader
from notices.access.vapid import public_key
from notices.models import PushSubscription

Row = dict[str, Any]

PUSH_SUBSCRIPTION = Projection(
    "push subscription",
    Reader,
    Field("id", sights=READER, column="pk"),
    Field("device", sights=READER, column="session.device", empty_is_null=True),
    Field("push_service", sights=READER, get=lambda row, _about: urlsplit(row.endpoint).hostname),
    Field("created_at", sights=READER),
    read=attrgetter,
)

PUSH_KEY = Projection("push key", Reader, Field("public_key", sights=READER, given=True))
"""What a browser needs to subscribe."""


def push_subscription_row(row: PushSubscription) -> Row:
    return PUSH_SUBSCRIPTION.project(row, Reader.READER)


def push_key_row() -> Row:
    return PUSH_KEY.project({}, Reader.READER, public_key=public_key())

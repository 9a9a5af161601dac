"""Projections of webhooks and their deliveries, for their user alone."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from core.projections.fields import READER, Field, Projection, Reader
from webhooks.models import Webhook, WebhookDelivery
from webhooks.signing import secret_of

Row = dict[str, Any]

WEBHOOK = Projection(
    "webhook",
    Reader,
    Field("id", sights=READER, column="pk"),
    Field("url", sights=READER),
    Field("wishlist_id", sights=READER),
    Field("events", sights=READER),
    Field("is_active", sights=READER, get=lambda webhook, _about: webhook.stopped_at is None),
    Field("stopped_at", sights=READER),
    Field("stopped_because", sights=READER, empty_is_null=True),
    Field("created_at", sights=READER),
    read=attrgetter,
)

NEW_WEBHOOK = WEBHOOK.also(
    "new webhook", Field("secret", sights=READER, get=lambda webhook, _about: secret_of(webhook))
)
"""A webhook with its secret, for the answer to who makes one."""

WEBHOOK_DELIVERY = Projection(
    "webhook delivery",
    Reader,
    Field("id", sights=READER, column="pk"),
    Field("message_id", sights=READER),
    Field("wishlist_id", sights=READER),
    Field("event", sights=READER),
    Field("attempt", sights=READER),
    Field("status", sights=READER, get=lambda delivery, _about: delivery.status or None),
    Field("answer", sights=READER),
    Field("created_at", sights=READER),
    read=attrgetter,
)


def webhook_row(webhook: Webhook) -> Row:
    return WEBHOOK.project(webhook, Reader.READER)


def new_webhook_row(webhook: Webhook) -> Row:
    return NEW_WEBHOOK.project(webhook, Reader.READER)


def delivery_row(delivery: WebhookDelivery) -> Row:
    return WEBHOOK_DELIVERY.project(delivery, Reader.READER)

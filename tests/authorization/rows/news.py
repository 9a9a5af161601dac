"""Rows of how people are told: choices, push, feeds and webhooks. All of them are one's own."""

from __future__ import annotations

from tests.authorization.roles import Row, only_owner, signed_in
from tests.twin_worlds.bodies import BROWSER_KEY

_BROWSER = {
    "endpoint": "https://push.example.com/1",
    "keys": {"p256dh": BROWSER_KEY, "auth": "MDEyMzQ1Njc4OWFiY2RlZg"},
}

ROWS: dict[str, Row] = {
    "GET users/me/notifications": signed_in(200),
    "PUT,PATCH users/me/notifications": signed_in(200, {"kinds": [{"kind": "thanks", "email": "off"}]}),
    "GET users/me/feeds": signed_in(200),
    "POST users/me/feeds": signed_in(201, {"kind": "news"}),
    "DELETE users/me/feeds/{link_id}": only_owner(204),
    "GET push/key": signed_in(200),
    "GET users/me/push-subscriptions": signed_in(200),
    "POST users/me/push-subscriptions": signed_in(201, _BROWSER),
    "DELETE users/me/push-subscriptions/{subscription_id}": only_owner(204),
    "GET webhooks": signed_in(200),
    "POST webhooks": signed_in(201, {"url": "https://example.com/hook"}),
    "GET webhooks/{webhook_id}": only_owner(200),
    "PUT,PATCH webhooks/{webhook_id}": only_owner(200, {"is_active": False}),
    "DELETE webhooks/{webhook_id}": only_owner(204),
    "GET webhooks/{webhook_id}/deliveries": only_owner(200),
}

"""The secret of a webhook, and the signature by which its receiver knows us (Standard Webhooks).

The secret is derived from `LINK_SECRET` and stored nowhere. After `LINK_SECRET` was changed, messages carry a signature by
each secret that is still accepted, so that receivers have time to learn the new one.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from datetime import datetime

from django.conf import settings
from standardwebhooks import Webhook as Signer

from webhooks.models import Webhook

PREFIX = "whsec_"


def secret_of(webhook: Webhook) -> str:
    return _secret(webhook, settings.LINK_SECRET)


def headers_of(webhook: Webhook, message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of a message, the signature included."""
    secrets = [_secret(webhook, key) for key in (settings.LINK_SECRET, *settings.LINK_SECRET_FALLBACKS)]
    signatures = [Signer(secret).sign(message_id, now, body.decode()) for secret in secrets]
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _secret(webhook: Webhook, key: str) -> str:
    digest = hmac.digest(key.encode(), b"webhook " + webhook.pk.bytes, hashlib.sha256)
    return PREFIX + b64encode(digest).decode()

"""Codes that participants choose for their private link, so that the person who handed it to them cannot open it afterwards.

They are short, so a plain hash could be guessed from a copy of the database. They are kept as a MAC by `LINK_SECRET`.
"""

from __future__ import annotations

import hmac

from django.conf import settings

from core.http.signed_ids import mac
from exchanges.models import Participant


def code_mac(participant: Participant, code: str, secret: str = "") -> str:
    return mac(secret or settings.LINK_SECRET, "exchange-code", participant.pk.bytes + code.encode()).hex()


def is_code(participant: Participant, typed: str) -> bool:
    """Return whether this is the code that they chose. All secrets are compared, whichever it was made with."""
    secrets = (settings.LINK_SECRET, *settings.LINK_SECRET_FALLBACKS)
    same = [hmac.compare_digest(participant.code_mac, code_mac(participant, typed, one)) for one in secrets]
    return any(same)

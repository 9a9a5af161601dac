"""Projections of second factors, for their user alone. No secret is among them."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator

from core.projections.fields import READER, Field, Projection, Reader

Row = dict[str, Any]

PASSKEY = Projection(
    "passkey",
    Reader,
    Field("id", sights=READER),
    Field("name", sights=READER),
    Field("created_at", sights=READER),
    Field("last_used_at", sights=READER),
)
FACTORS = Projection(
    "second factors",
    Reader,
    Field("has_app", sights=READER),
    Field("passkeys", sights=READER),
    Field("recovery_codes_left", sights=READER),
)


def passkey_row(passkey: Authenticator) -> Row:
    row = {
        "id": str(passkey.pk),
        "name": passkey.wrap().name,
        "created_at": passkey.created_at,
        "last_used_at": passkey.last_used_at,
    }
    return PASSKEY.project(row, Reader.READER)


def factors_row(*, has_app: bool, passkeys: list[Authenticator], codes_left: int) -> Row:
    row = {
        "has_app": has_app,
        "passkeys": [passkey_row(one) for one in passkeys],
        "recovery_codes_left": codes_left,
    }
    return FACTORS.project(row, Reader.READER)

"""How an account looks to staff: nothing that the list of people in the admin doesn't show."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.projections.people import PERSON
from core.projections.fields import READER, Field, Reader

ACCOUNT = PERSON.also(
    "account",
    Field("email", sights=READER),
    Field("is_active", sights=READER),
    Field("is_staff", sights=READER),
    Field("tenant_id", sights=READER),
    Field("created_at", sights=READER, column="date_joined"),
)


def project_account(user: User) -> dict[str, Any]:
    return ACCOUNT.project(user, Reader.READER)

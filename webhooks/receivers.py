"""Receivers of signals of the apps below. They join the running transaction."""

from __future__ import annotations

from typing import Any

from accounts.models import User


def on_person_removed(sender: Any, user: User, **_: Any) -> None:
    user.webhooks.all().delete()

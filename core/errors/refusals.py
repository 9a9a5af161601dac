"""Refusals: every "no" that a service says has a class, a status, a stable code and one sentence to act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class Refusal(APIException):
    """A request that is understood and not carried out. `extra` becomes top-level members of the problem document."""

    status_code = 409
    default_code = "refused"
    default_detail = _("This can't be done right now.")
    asked: Mapping[str, Any] | None = None
    """What the verb that refused was asked, by the names of its arguments (core/db/change.py)."""

    def __init__(self, detail: Any = None, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail, code)
        self.extra: dict[str, Any] = extra


class NotFound(Refusal):
    """Also what a stranger gets for what exists: existence is a secret too."""

    status_code = 404
    default_code = "not_found"
    default_detail = _("There is nothing here, or it isn't shared with you.")


class Forbidden(Refusal):
    """The asker may know of the thing, and may not do this to it."""

    status_code = 403
    default_code = "forbidden"
    default_detail = _("You don't have permission to do this.")

"""The base classes of refusals. Each has a status, a stable code, and one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class Refusal(APIException):
    """Raised to refuse a valid request. `extra` becomes top-level members of the problem document."""

    status_code = 409
    default_code = "refused"
    default_detail = _("This can't be done right now.")
    asked: Mapping[str, Any] | None = None
    """The arguments of the service that refused, by name (core/db/change.py)."""

    def __init__(self, detail: Any = None, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail, code)
        self.extra: dict[str, Any] = extra


class NotFound(Refusal):
    """Also the answer for things that exist but are not shared with the user: existence is secret too."""

    status_code = 404
    default_code = "not_found"
    default_detail = _("There is nothing here, or it isn't shared with you.")


class Forbidden(Refusal):
    """The user may see the object, but may not do this to it."""

    status_code = 403
    default_code = "forbidden"
    default_detail = _("You don't have permission to do this.")

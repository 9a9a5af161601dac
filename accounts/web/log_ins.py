"""Log in on a page, in one or two steps. Every page that logs somebody in ends here (docs/signing-in.md).

enter(request, user, method, to)        logs in, or asks for the second factor first
pending(request)                        who has still to show a second factor
finish(request, user, method, to)       logs in
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.access.known_devices import remember_device
from accounts.models import User
from accounts.services.signing_in.second_factors import has_second_factor
from accounts.services.signing_in.starting import Method
from accounts.web.repeated_log_ins import BACKEND, fingerprint

PENDING = "pending_log_in"
SECONDS = 600
"""How long the first step is good for."""


@dataclass(frozen=True)
class Pending:
    """A log-in that lacks the second factor."""

    user: User
    method: Method
    to: str
    detail: dict[str, str]


def enter(request: HttpRequest, user: User, method: Method, to: str, **detail: str) -> HttpResponse:
    """Log the user in, or redirect to the page that asks for the second factor. A passkey is two factors in one."""
    if method is Method.PASSKEY or not has_second_factor(user):
        return finish(request, user, method, to, **detail)
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": str(user.pk),
        "mark": fingerprint(user),
        "method": method.value,
        "to": to,
        "detail": detail,
        "at": time.time(),
    }
    return redirect("second-factor")


def pending(request: HttpRequest) -> Pending | None:
    """Return the log-in that waits in this browser. A new password or a closed account ends it."""
    kept: dict[str, Any] | None = request.session.get(PENDING)
    if kept is None or kept["at"] < time.time() - SECONDS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or fingerprint(user) != kept["mark"]:
        return None
    return Pending(user, Method(kept["method"]), kept["to"], kept["detail"])


def finish(request: HttpRequest, user: User, method: Method, to: str, **detail: str) -> HttpResponse:
    """Log the user in. A receiver starts their session and adds the row to the account log (accounts/receivers.py)."""
    request.session.pop(PENDING, None)
    request.log_in_method = method, detail  # type: ignore[attr-defined]  # read by the receiver
    login(request, user, BACKEND)
    return remember_device(redirect(to), request, user)

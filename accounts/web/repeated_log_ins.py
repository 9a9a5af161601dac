"""Log the user in again when a form that logs in (registration, new password) is sent twice.

The browser may have lost the first answer with its cookie. Only the same browser gets the second answer, for the same key
and the same password, and only while that password is valid.
"""

from __future__ import annotations

import hashlib

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.web.form_repeats import Facts, keep_facts

BACKEND = "django.contrib.auth.backends.ModelBackend"


def keep_log_in(response: HttpResponse, user: User) -> HttpResponse:
    """Store with `response` which user it logs in."""
    keep_facts(response, log_in=[str(user.pk), fingerprint(user)])
    return response


class LogIns:
    """Logs in the user whom the first answer logged in (accounts/web/form_repeats.py)."""

    def prepare(self, request: HttpRequest, facts: Facts) -> None:
        if "log_in" not in facts:
            return
        pk, mark = facts["log_in"]
        user = User.objects.filter(pk=pk, is_active=True).first()
        if user is not None and fingerprint(user) == mark:
            login(request, user, BACKEND)

    def finish(self, request: HttpRequest, response: HttpResponse, facts: Facts) -> None:
        """Do nothing: the session middleware sends the cookie."""


def fingerprint(user: User) -> str:
    """Return a hash that changes with the user's password."""
    return hashlib.sha256(user.get_session_auth_hash().encode()).hexdigest()

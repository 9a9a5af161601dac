"""Start a `Session` with each log-in on a page, the admin's included, and end it with the log-out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.access.devices import device_name
from accounts.middleware import log_in_behind, remember_log_in
from accounts.models import User
from accounts.services.sessions import end_session
from accounts.services.signing_in.providers import forget_providers
from accounts.services.signing_in.second_factors import forget_second_factors
from accounts.services.signing_in.starting import Method, sign_in
from accounts.signals import account_recovered, person_removed
from core.pages.kept_forms import forget_forms_of_others


@receiver(user_logged_in, dispatch_uid="accounts.start_page_session")
def start_page_session(request: HttpRequest, user: User, **_: Any) -> None:
    method, detail = getattr(request, "log_in_method", (Method.PASSWORD, {}))
    device = device_name(request.headers.get("User-Agent", ""))
    remember_log_in(request, sign_in(user=user, method=method, device=device, **detail))
    forget_forms_of_others(request)


@receiver(account_recovered, dispatch_uid="accounts.forget_ways_in")
@receiver(person_removed, dispatch_uid="accounts.forget_ways_in_of_removed")
def forget_ways_in(user: User, **_: Any) -> None:
    """Remove second factors, passkeys and connections with the person who set them up."""
    forget_second_factors(user=user)
    forget_providers(user=user)


@receiver(user_logged_out, dispatch_uid="accounts.end_page_session")
def end_page_session(request: HttpRequest, **_: Any) -> None:
    if session := log_in_behind(request):
        end_session(session=session)

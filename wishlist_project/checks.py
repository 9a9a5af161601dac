"""System checks for settings that work, but probably not as the operator wants. Shown at every start.

Settings that cannot work stop the start (settings.py).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from accounts.mail.mailbox import KEPT_FOR
from wishlist_project.static_files import are_collected


@checks.register(checks.Tags.security)
def check_proxies(**_: Any) -> list[checks.CheckMessage]:
    """Warn about a proxy that is not trusted: all visitors would have its address."""
    if not settings.HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        checks.Warning(
            "The site is served over TLS, but TRUSTED_PROXIES names no proxy: all visitors count as one "
            "wherever an address is limited, and plain HTTP is not redirected.",
            hint="Set TRUSTED_PROXIES to the address from which the proxy reaches this server, "
            "for example 127.0.0.1 (docs/deployment.md).",
            id="wishlist.W001",
        )
    ]


@checks.register("mail")
def check_mail(**_: Any) -> list[checks.CheckMessage]:
    """Warn about a missing mail server: nobody would get codes, private links or notifications."""
    if settings.DEBUG or settings.SMTP_HOST:
        return []
    return [
        checks.Warning(
            f"SMTP_HOST is not set: no mail is sent. Each is kept for {KEPT_FOR.days} days in {settings.MAILBOX_DIR}, "
            "with the codes and private links in it.",
            hint="Set SMTP_HOST.",
            id="wishlist.W003",
        )
    ]


@checks.register(checks.Tags.staticfiles, deploy=True)
def check_static_files(**_: Any) -> list[checks.CheckMessage]:
    """Warn about missing static files. Part of `check --deploy`: only `manage.py serve` collects them itself."""
    if settings.DEBUG or are_collected():
        return []
    return [
        checks.Warning(
            f"Static files in {settings.STATIC_ROOT} are missing or older than the code.",
            hint="Run manage.py collectstatic, or start the server by manage.py serve.",
            id="wishlist.W002",
        )
    ]

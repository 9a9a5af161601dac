"""The authentication backend: an e-mail address in any spelling, and a password in any Unicode form."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User
from core.text.passwords import forms, hash_password


class MailboxBackend(BaseBackend):
    """The only backend that checks passwords. Django's `ModelBackend` follows it, for permissions and sessions."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_others: Any,
    ) -> User | None:
        """Return the user. An unknown address costs as many hashes as a known one, so that the time reveals nothing."""
        if username is None or password is None:
            return None
        people = User.objects.with_address(username)
        for user in people:
            if user.check_password(password) and user.may_log_in:
                return user
        if not people:
            for form in forms(password):
                hash_password(form)
        raise PermissionDenied

    def get_user(self, user_id: Any) -> User | None:
        """Return the active user of a session that names this backend."""
        return User.objects.filter(pk=user_id, is_active=True).first()

"""People: they register, prove who they are, change what others see of them, and leave.

Passwords are hashed before a change is opened: on SQLite a change holds the database's one write lock.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.mail.mail_kinds import MailKind
from accounts.models import AccountLink, User
from accounts.names import FORMER_MEMBER, NEW_MEMBER, tidy_name
from accounts.refusals import EmailTaken, WrongCredentials
from accounts.services.mail import send_mail
from accounts.signals import person_removed
from core.db.change import change, lock
from core.limits.rate_limits import (
    PASSWORD_CHANGES,
    REGISTRATIONS_A_MAILBOX,
    REGISTRATIONS_A_MAILBOX_AND_DAY,
    REGISTRATIONS_AN_ADDRESS,
    refuse_beyond,
)
from core.mailboxes.address_checks import REMOVED_DOMAIN
from core.mailboxes.mailbox_forms import canonical_mailbox
from core.text.passwords import hash_password


def register_user(*, email: str, password: str, display_name: str = "", network: str = "") -> User:
    """An account in the default tenant. `network`: where the request came from, as a bound counts it."""
    if network:
        refuse_beyond(REGISTRATIONS_AN_ADDRESS, network)
    if User.objects.with_address(email) or AccountLink.objects.keeping(email).exists():
        raise EmailTaken
    refuse_beyond(REGISTRATIONS_A_MAILBOX, canonical_mailbox(email))
    refuse_beyond(REGISTRATIONS_A_MAILBOX_AND_DAY, canonical_mailbox(email))
    name = tidy_name(display_name) or str(NEW_MEMBER)
    return _add(User(email=email.strip(), password=hash_password(password), display_name=name))


@change()
def _add(user: User) -> User:
    """The look above spares a hash; between it and here somebody may have been faster, and the constraint decides."""
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise EmailTaken from error
    send_mail(to=user.email, template="welcome", kind=MailKind.RECEIPT)
    return user


def check_credentials(*, email: str, password: str) -> User:
    """Whoever these belong to. An unknown address costs a hash too, so that time does not tell it from a known one."""
    user = authenticate(username=email.strip(), password=password)
    if not isinstance(user, User):
        raise WrongCredentials
    return user


@change()
def edit_user(*, user: User, display_name: str | None = None, avatar_url: str | None = None) -> User:
    """None leaves as it is; an empty `avatar_url` clears. Only what differs is written, and pushed."""
    wanted = {"display_name": tidy_name(display_name or "") or None, "avatar_url": avatar_url}
    user = _locked(user)
    changed = [name for name, value in wanted.items() if value is not None and value != getattr(user, name)]
    for name in changed:
        setattr(user, name, wanted[name])
    if changed:
        user.save(update_fields=changed)
    return user


def change_password(*, user: User, password: str) -> User:
    """Also logs out everywhere (see `User.save`). They are told by mail, in case it was not them."""
    refuse_beyond(PASSWORD_CHANGES, user.pk)
    user.set_password(password)
    with change():
        user.save(update_fields=["password"])
        send_mail(to=user.email, template="password_changed", kind=MailKind.SECURITY)
    return user


@change()
def remove_user(*, user: User) -> User:
    """They leave for good: what they own and promised is withdrawn, and nothing personal stays.

    The row stays, nameless, because what others did still points to it; the address is free again.
    """
    user = _locked(user)
    if user.removed_at:
        return user
    person_removed.send(sender=User, user=user)
    user.notifications.all().delete()
    user.account_links.all().delete()
    return _save(user, removed_at=timezone.now(), **_nobody(user))


def _nobody(user: User) -> dict[str, Any]:
    return {
        "is_active": False,
        "is_staff": False,
        "is_superuser": False,
        "email": _placeholder(user),
        "display_name": str(FORMER_MEMBER),
        "avatar_url": "",
        "password": make_password(None),
    }


def _placeholder(user: User) -> str:
    """An address that nobody may register (core/mailboxes/address_checks.py). Before that was so, somebody may have taken it."""
    placeholder = f"{user.pk}@{REMOVED_DOMAIN}"
    return f"{uuid4()}@{REMOVED_DOMAIN}" if User.objects.with_address(placeholder) else placeholder


@change()
def deactivate_user(*, user: User) -> User:
    """Out of everything at once, and able to come back."""
    return _save(_locked(user), is_active=False)


@change()
def reactivate_user(*, user: User) -> User:
    """Back in, but not somebody who left for good: of them nothing is there to come back to."""
    user = _locked(user)
    return user if user.removed_at else _save(user, is_active=True)


def _locked(user: User) -> User:
    return lock(User.objects.filter(pk=user.pk)).get()


def _save(user: User, **values: Any) -> User:
    for name, value in values.items():
        setattr(user, name, value)
    user.save(update_fields=list(values))
    return user

"""Services for users: register, check credentials, edit the profile, deactivate and delete.

Passwords are hashed before a change is opened, because on SQLite a change holds the only write lock of the database.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access.known_devices import UNKNOWN, Origin
from accounts.mail.mail_kinds import MailKind
from accounts.models import (
    DEFAULT_TENANT_ID,
    AccountActivity,
    AccountLink,
    ApiToken,
    OneTimeCode,
    Session,
    User,
)
from accounts.names import FORMER_MEMBER, NEW_MEMBER, tidy_name
from accounts.refusals import EmailTaken, HandleTaken, WrongCredentials, WrongPassword
from accounts.services.account_log import record_account
from accounts.services.avatars import forget_replaced_avatar
from accounts.services.mail import send_mail
from accounts.services.signing_in.log_in_tries import spend_log_in_try
from accounts.services.signing_in.one_time_codes import mail_code_to
from accounts.signals import person_removed
from core.db.change import change, lock
from core.limits.rate_limits import (
    OWN_PASSWORDS,
    PASSWORD_CHANGES,
    REGISTRATIONS_A_MAILBOX,
    REGISTRATIONS_A_MAILBOX_AND_DAY,
    REGISTRATIONS_AN_ADDRESS,
    forget_tries,
    refuse_beyond,
    spend_try,
)
from core.mailboxes.address_checks import REMOVED_DOMAIN
from core.mailboxes.handles import is_handle
from core.mailboxes.mailbox_forms import canonical_mailbox
from core.text.passwords import hash_password


def register_user(
    *,
    email: str,
    password: str,
    display_name: str = "",
    network: str = "",
    tenant_id: UUID = DEFAULT_TENANT_ID,
) -> User:
    """Create an account. `email` may be a handle, for people without an address.

    `network` is the client's network, for the rate limit.
    """
    if network:
        refuse_beyond(REGISTRATIONS_AN_ADDRESS, network)
    if User.objects.with_address(email) or AccountLink.objects.keeping(email).exists():
        raise HandleTaken if is_handle(email) else EmailTaken
    refuse_beyond(REGISTRATIONS_A_MAILBOX, canonical_mailbox(email))
    refuse_beyond(REGISTRATIONS_A_MAILBOX_AND_DAY, canonical_mailbox(email))
    name = tidy_name(display_name) or str(NEW_MEMBER)
    return _add(
        User(email=email.strip(), password=hash_password(password), display_name=name, tenant_id=tenant_id)
    )


@change()
def _add(user: User) -> User:
    """Insert the user. The check above only saves a hash; if somebody else was faster, the constraint refuses."""
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise (HandleTaken if user.handle else EmailTaken) from error
    send_mail(to=user, template="welcome", kind=MailKind.RECEIPT)
    if not user.address_counts:
        mail_code_to(OneTimeCode.Purpose.VERIFY, user.email)
    return user


def check_credentials(*, email: str, password: str, origin: Origin = UNKNOWN) -> User:
    """Return the user with these credentials. Raises WrongCredentials, and RateLimited before the password is compared.

    An unknown address costs a hash too, and counts like others, so that neither time nor limits reveal whether it is known.
    """
    tries = spend_log_in_try(email, origin)
    user = authenticate(username=email.strip(), password=password)
    if not isinstance(user, User):
        raise WrongCredentials
    tries.forget()
    return user


@change()
def edit_user(*, user: User, display_name: str | None = None, **wanted: str | None) -> User:
    """Edit the profile: `display_name`, `avatar_url`, `language`, `time_zone` and `currency`.

    None leaves a value unchanged, and an empty one clears it, but not the name. Only changes are saved and pushed.
    """
    wanted["display_name"] = tidy_name(display_name or "") or None
    user = _locked(user)
    changed = [name for name, value in wanted.items() if value is not None and value != getattr(user, name)]
    for name in changed:
        setattr(user, name, wanted[name])
    if changed:
        user.save(update_fields=changed)
        forget_replaced_avatar(user)
    return user


def check_current_password(*, user: User, password: str) -> None:
    """Raise WrongPassword unless this is the user's password, and RateLimited while the next try has to wait.

    Somebody may have found the user logged in, and must not be able to guess.
    """
    spend_try(OWN_PASSWORDS, user.pk)
    if not user.check_password(password):
        raise WrongPassword
    forget_tries(OWN_PASSWORDS, user.pk)


def change_password(*, user: User, password: str, still_logged_in: Session | None = None) -> User:
    """Change the password and log out everywhere (see `User.save`), except in the session `still_logged_in`.

    A mail tells the user, in case it was somebody else.
    """
    refuse_beyond(PASSWORD_CHANGES, user.pk)
    user.set_password(password)
    with change():
        user.save(update_fields=["password"], still_logged_in=still_logged_in.pk if still_logged_in else None)
        record_account(user=user, kind=AccountActivity.Kind.PASSWORD_CHANGED, by=user)
        send_mail(to=user, template="password_changed", kind=MailKind.SECURITY)
    return user


@change()
def remove_user(*, user: User) -> User:
    """Delete the account: withdraw the user's lists and reservations, and remove all personal data.

    The row stays without a name, because rows of others refer to it. The address can be registered again.
    """
    user = _locked(user)
    if user.removed_at:
        return user
    person_removed.send(sender=User, user=user)
    user.notifications.all().delete()
    user.account_links.all().delete()
    OneTimeCode.objects.filter(mailbox=user.mailbox).delete()
    user = _save(user, removed_at=timezone.now(), **_nobody(user))
    forget_replaced_avatar(user)
    _forget_devices(user)
    return user


def _forget_devices(user: User) -> None:
    """Delete the names of the user's devices and API tokens. All of them have ended, so nothing is pushed."""
    user.sessions.update(device="")
    ApiToken.objects.filter(session__user=user).delete()


def _nobody(user: User) -> dict[str, Any]:
    return {
        "is_active": False,
        "is_staff": False,
        "is_superuser": False,
        "email": _placeholder(user),
        "display_name": str(FORMER_MEMBER),
        "avatar_url": "",
        "language": "",
        "time_zone": "",
        "currency": "",
        "password": make_password(None),
    }


def _placeholder(user: User) -> str:
    """Return an address that nobody can register (core/mailboxes/address_checks.py).

    Somebody may have registered it before that check existed; then it is random.
    """
    placeholder = f"{user.pk}@{REMOVED_DOMAIN}"
    return f"{uuid4()}@{REMOVED_DOMAIN}" if User.objects.with_address(placeholder) else placeholder


@change()
def deactivate_user(*, user: User) -> User:
    """Deactivate the user: all sessions end, and the user can be reactivated."""
    return _save(_locked(user), is_active=False)


@change()
def reactivate_user(*, user: User) -> User:
    """Reactivate the user, but not a deleted one, whose data is gone."""
    user = _locked(user)
    return user if user.removed_at else _save(user, is_active=True)


def _locked(user: User) -> User:
    return lock(User.objects.filter(pk=user.pk)).get()


def _save(user: User, **values: Any) -> User:
    for name, value in values.items():
        setattr(user, name, value)
    user.save(update_fields=list(values))
    return user

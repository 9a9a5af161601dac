"""Second factors: authenticator apps, recovery codes and passkeys, kept by allauth.mfa.

    has_second_factor(user) -> bool
    factors_of(user) -> Factors
    require_second_factor(user, given, origin)  for clients that log in with one request
    check_code_of_app(user, code, origin)       an app's code, or a recovery code; each works once
    new_app_secret() · add_app(user, secret, code) · remove_app(user)
    renew_recovery_codes(user) -> list[str]
    add_passkey(user, name, credential) · rename_passkey · remove_passkey
    forget_second_factors(user)

allauth's own pages and forms are not used: they count guesses and remember used codes in a cache, which several processes
do not share exactly (docs/adr/0012-allauth-without-its-pages.md). Its `internal` modules are stable within a version, and
the version is locked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    validate_totp_code,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.utils import timezone

from accounts.access.known_devices import UNKNOWN, Origin
from accounts.mail.mail_kinds import MailKind
from accounts.models import AccountActivity, User
from accounts.refusals import (
    AddressNotVerified,
    SecondFactorRequired,
    WrongAppCode,
    WrongSecondFactor,
)
from accounts.services.account_log import record_account
from accounts.services.mail import send_mail
from accounts.services.signing_in.factor_secrets import encrypted_anew, is_current
from accounts.services.signing_in.log_in_tries import spend_second_factor_try
from core.db.change import change, lock
from core.errors.refusals import NotFound
from core.jobs.sweeping import sweep

Type = Authenticator.Type
Kind = AccountActivity.Kind
FACTORS = (Type.TOTP, Type.WEBAUTHN)
SECRET_IN = {Type.TOTP: "secret", Type.RECOVERY_CODES: "seed"}


@dataclass(frozen=True)
class Factors:
    """What a user has set up."""

    has_app: bool
    passkeys: list[Authenticator]
    codes_left: int


def has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def factors_of(user: User) -> Factors:
    rows = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
    codes = [row for row in rows if row.type == Type.RECOVERY_CODES]
    return Factors(
        has_app=any(row.type == Type.TOTP for row in rows),
        passkeys=[row for row in rows if row.type == Type.WEBAUTHN],
        codes_left=len(RecoveryCodes(codes[0]).get_unused_codes()) if codes else 0,
    )


# --- using them ----------------------------------------------------------------------------------------------------


def require_second_factor(user: User, given: str, origin: Origin = UNKNOWN) -> None:
    """Check the second factor of a user who has one. Raises SecondFactorRequired if `given` is empty."""
    if not has_second_factor(user):
        return
    if not given:
        raise SecondFactorRequired
    check_code_of_app(user, given, origin)


def check_code_of_app(user: User, code: str, origin: Origin = UNKNOWN) -> None:
    """Compare with the user's app, then with their recovery codes. A code works once, in all processes together.

    Raises RateLimited before anything is compared.
    """
    tries = spend_second_factor_try(user, origin)
    typed = "".join(code.split())
    with change():
        matched = any(_accepts(row, typed) for row in _locked(user, Type.TOTP, Type.RECOVERY_CODES))
    if not matched:
        raise WrongSecondFactor
    tries.forget()


def _accepts(row: Authenticator, typed: str) -> bool:
    accepted = _accepts_app(row, typed) if row.type == Type.TOTP else RecoveryCodes(row).validate_code(typed)
    if accepted:
        Authenticator.objects.filter(pk=row.pk).update(last_used_at=timezone.now())
    return accepted


def _accepts_app(row: Authenticator, typed: str) -> bool:
    """Return whether this is the code of a period after that of the last code that was used."""
    secret, last = decrypt(row.data["secret"]), row.data.get("last_counter", -1)
    for counter in yield_hotp_counters_from_time():
        expected = format_hotp_value(hotp_value(secret, counter))
        if counter > last and compare_user_code(actual=typed, expected=expected):
            row.data["last_counter"] = counter
            row.save(update_fields=["data"])
            return True
    return False


def _locked(user: User, *types: str) -> list[Authenticator]:
    return list(lock(Authenticator.objects.filter(user=user, type__in=types).order_by("pk")))


# --- setting them up -----------------------------------------------------------------------------------------------


def new_app_secret() -> str:
    return str(generate_totp_secret())


@change()
def add_app(*, user: User, secret: str, code: str) -> None:
    """Add an authenticator app that shows the right code now."""
    current = _locked_user(user)
    if not validate_totp_code(secret, "".join(code.split())):
        raise WrongAppCode
    _locked(current, Type.TOTP)
    Authenticator.objects.filter(user=current, type=Type.TOTP).delete()
    TOTP.activate(current, secret)
    _added(current, "app")


@change()
def remove_app(*, user: User) -> None:
    current = _locked_user(user)
    if Authenticator.objects.filter(user=current, type=Type.TOTP).delete()[0]:
        _removed(current, "app")


@change()
def add_passkey(*, user: User, name: str, credential: dict[str, Any]) -> Authenticator:
    """Add a passkey whose answer was checked against its challenge."""
    current = _locked_user(user)
    made = WebAuthn.add(current, name, credential).instance
    _added(current, "passkey")
    return made


@change()
def rename_passkey(*, user: User, pk: int, name: str) -> None:
    row = _passkey(user, pk)
    row.wrap().name = name
    row.save(update_fields=["data"])


@change()
def remove_passkey(*, user: User, pk: int) -> None:
    current = _locked_user(user)
    _passkey(current, pk).delete()
    _removed(current, "passkey")


@change()
def renew_recovery_codes(*, user: User) -> list[str]:
    """Replace the recovery codes. The old ones stop working."""
    current = _locked_user(user)
    if not has_second_factor(current):
        raise NotFound
    Authenticator.objects.filter(user=current, type=Type.RECOVERY_CODES).delete()
    record_account(user=current, kind=Kind.FACTOR_ADDED, by=current, factor="recovery_codes")
    return list(RecoveryCodes.activate(current).get_unused_codes())


def recovery_codes_of(user: User) -> list[str]:
    row = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    return list(RecoveryCodes(row).get_unused_codes()) if row else []


@change()
def forget_second_factors(*, user: User) -> None:
    """Remove all second factors, for an account that changes hands or is deleted."""
    Authenticator.objects.filter(user=user).delete()


def encrypt_factors_anew() -> int:
    """Encrypt secrets with the newest key, so that an old one can be dropped. Return how many were changed."""
    rows = Authenticator.objects.filter(type__in=SECRET_IN).values_list("pk", flat=True)
    return sweep(_encrypt_anew, rows, what="Second factor")


@change()
def _encrypt_anew(pk: int) -> int:
    row = lock(Authenticator.objects.filter(pk=pk)).first()
    name = SECRET_IN[row.type] if row else ""
    if row is None or is_current(row.data[name]):
        return 0
    row.data[name] = encrypted_anew(row.data[name])
    row.save(update_fields=["data"])
    return 1


def _locked_user(user: User) -> User:
    current = lock(User.objects.filter(pk=user.pk)).get()
    if not current.address_counts:
        raise AddressNotVerified
    return current


def _passkey(user: User, pk: int) -> Authenticator:
    row = lock(Authenticator.objects.filter(user=user, type=Type.WEBAUTHN, pk=pk)).first()
    if row is None:
        raise NotFound
    return row


def _added(user: User, factor: str) -> None:
    RecoveryCodes.activate(user)
    record_account(user=user, kind=Kind.FACTOR_ADDED, by=user, factor=factor)
    send_mail(to=user, template="factor_added", kind=MailKind.SECURITY, factor=factor)


def _removed(user: User, factor: str) -> None:
    """Log the removal. Recovery codes go with the last factor."""
    if not has_second_factor(user):
        Authenticator.objects.filter(user=user).delete()
    record_account(user=user, kind=Kind.FACTOR_REMOVED, by=user, factor=factor)
    send_mail(to=user, template="factor_removed", kind=MailKind.SECURITY, factor=factor)

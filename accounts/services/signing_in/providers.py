"""Accounts that sign in with a provider: sign in, connect, disconnect.

    sign_in_with_provider(identity) -> User
    connect_provider(*, user, identity) · disconnect_provider(*, user, pk)
    connections_of(user) -> list[SocialAccount]
    forget_providers(*, user)

A provider's word is enough to open an account that is connected to it. For any other account it counts only if the provider
vouches for the address, and the account's owner proved the same address here. Otherwise a person who
registered first with somebody's address, here or there, would share their account.
"""

from __future__ import annotations

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access.providers import Identity
from accounts.mail.mail_kinds import MailKind
from accounts.models import AccountActivity, AccountLink, User
from accounts.names import NEW_MEMBER, looks_like_address, tidy_name
from accounts.refusals import (
    AddressNotVerified,
    ConnectedToAnother,
    EmailTaken,
    LastWayIn,
    ProviderAddressTaken,
    ProviderAddressUnverified,
    WrongCredentials,
)
from accounts.services.account_log import record_account
from accounts.services.mail import send_mail
from core.db.change import change, lock
from core.errors.refusals import NotFound
from core.mailboxes.address_checks import validate_address

Kind = AccountActivity.Kind


@change()
def sign_in_with_provider(identity: Identity) -> User:
    """Return the account of this identity: connected, connected now, or new."""
    row = SocialAccount.objects.filter(provider=identity.provider, uid=identity.uid).first()
    user = lock(User.objects.filter(pk=row.user_id)).get() if row else _found_or_made(identity)
    if not user.is_active:
        raise WrongCredentials
    _map_groups(user, identity)
    return user


@change()
def connect_provider(*, user: User, identity: Identity) -> None:
    """Let this identity open the account, too."""
    current = lock(User.objects.filter(pk=user.pk)).get()
    if not current.address_counts:
        raise AddressNotVerified
    row = SocialAccount.objects.filter(provider=identity.provider, uid=identity.uid).first()
    if row is not None and row.user_id != current.pk:
        raise ConnectedToAnother
    if row is None:
        _connect(current, identity)


@change()
def disconnect_provider(*, user: User, pk: int) -> None:
    """Disconnect a provider, unless nothing else would open the account."""
    current = lock(User.objects.filter(pk=user.pk)).get()
    row = SocialAccount.objects.filter(user=current, pk=pk).first()
    if row is None:
        raise NotFound
    others = SocialAccount.objects.filter(user=current).exclude(pk=pk).exists()
    if not others and not current.has_usable_password():
        raise LastWayIn
    record_account(user=current, kind=Kind.PROVIDER_REMOVED, by=current, provider=row.provider)
    send_mail(to=current, template="provider_removed", kind=MailKind.SECURITY, provider=row.provider)
    row.delete()


def connections_of(user: User) -> list[SocialAccount]:
    return list(SocialAccount.objects.filter(user=user).order_by("provider", "pk"))


@change()
def forget_providers(*, user: User) -> None:
    SocialAccount.objects.filter(user=user).delete()


def _found_or_made(identity: Identity) -> User:
    if not identity.email or not identity.is_verified:
        raise ProviderAddressUnverified
    people = User.objects.with_address(identity.email, removed_at=None)
    if not people:
        return _made(identity)
    user = lock(User.objects.filter(pk=people[0].pk)).get()
    if user.address_verified_at is None:
        raise ProviderAddressTaken
    _connect(user, identity)
    return user


def _made(identity: Identity) -> User:
    """Create an account without a password. The provider vouches for the address."""
    try:
        validate_address(identity.email)
    except ValidationError as error:
        raise ProviderAddressUnverified from error
    if AccountLink.objects.keeping(identity.email).exists():
        raise EmailTaken
    name = tidy_name(identity.name)[:80]
    user = User(
        email=identity.email,
        display_name=str(NEW_MEMBER) if not name or looks_like_address(name) else name,
        password=make_password(None),
        address_verified_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise EmailTaken from error
    _connect(user, identity, is_new=True)
    return user


def _connect(user: User, identity: Identity, *, is_new: bool = False) -> None:
    SocialAccount.objects.create(user=user, provider=identity.provider, uid=identity.uid, extra_data={})
    record_account(user=user, kind=Kind.PROVIDER_CONNECTED, by=user, provider=identity.provider)
    template = "welcome" if is_new else "provider_connected"
    send_mail(to=user, template=template, kind=MailKind.SECURITY, provider=identity.provider)


def _map_groups(user: User, identity: Identity) -> None:
    """Make the account what its groups at the provider say: staff or not, and in the groups that are mapped."""
    if identity.groups is None:
        return
    if settings.OIDC_STAFF_GROUPS:
        is_staff = bool(set(identity.groups) & set(settings.OIDC_STAFF_GROUPS))
        if user.is_staff != is_staff:
            user.is_staff = is_staff
            user.save(update_fields=["is_staff"])
            _record_rights(user, ["is_staff"], is_staff)
    for group in Group.objects.filter(name__in=settings.OIDC_GROUPS):
        has, wanted = user.groups.filter(pk=group.pk).exists(), group.name in identity.groups
        if has != wanted:
            (user.groups.add if wanted else user.groups.remove)(group)
            _record_rights(user, [group.name], wanted)


def _record_rights(user: User, names: list[str], granted: bool) -> None:
    detail = {"granted": names if granted else [], "withdrawn": [] if granted else names}
    record_account(user=user, kind=Kind.RIGHTS_CHANGED, by=None, **detail)

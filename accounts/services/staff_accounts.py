"""Actions of staff on accounts. Each adds a row to the account log, and the user is notified.

Staff do not set passwords. The user of a new account gets a mailed link to set one (accounts/services/account_links.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.mail.mail_kinds import MailKind
from accounts.models import AccountActivity, AccountLink, User
from accounts.refusals import EmailTaken
from accounts.services.account_links import send_first_password_link, tell_old_address
from accounts.services.account_log import record_account
from accounts.services.avatars import forget_replaced_avatar
from accounts.services.inbox import notify
from accounts.services.mail import send_mail
from core.db.change import change, lock

Kind = AccountActivity.Kind

_PROFILE = ("display_name", "avatar_url")
_RIGHTS = ("is_staff", "is_superuser", "tenant_role")
_MANY = ("groups", "user_permissions")
EDITABLE = ("email", *_PROFILE, "is_active", "tenant", *_RIGHTS, *_MANY)
"""The columns that `edit_account` can change."""


def create_account(*, by: User, email: str, display_name: str) -> User:
    """Create an account in the tenant of `by`, without a password. The user gets a mail with a link to set one."""
    user = User(
        email=email.strip(), display_name=display_name, password=make_password(None), tenant_id=by.tenant_id
    )
    with change():
        if AccountLink.objects.keeping(email).exists():
            raise EmailTaken
        _save(user, None)
        record_account(user=user, kind=Kind.CREATED, by=by)
        send_first_password_link(user=user, by=by)
    return user


@change()
def edit_account(*, user: User, by: User, wanted: Mapping[str, Any]) -> User:
    """Save those of the given `EDITABLE` columns that differ. If the address changes, the old one is notified."""
    current = lock(User.objects.filter(pk=user.pk)).get()
    was = {name: getattr(current, name) for name in wanted if name not in _MANY}
    changed = [name for name in was if was[name] != wanted[name]]
    granted, withdrawn = _rights_between(current, wanted, changed)
    if "email" in changed and AccountLink.objects.keeping(wanted["email"]).exclude(user=current).exists():
        raise EmailTaken
    for name in changed:
        setattr(current, name, wanted[name])
    if changed:
        _save(current, changed)
        forget_replaced_avatar(current)
    for name in _MANY:
        if name in wanted:
            getattr(current, name).set(wanted[name])
    acts = list(_acts(changed, granted, withdrawn, is_active=current.is_active))
    for kind, detail, _line in acts:
        record_account(user=current, kind=kind, by=by, **detail)
    if "email" in changed:
        current.account_links.live().passwords().end()
        tell_old_address(user=current, address=was["email"], by=by)
    _tell(current, by, [line for _kind, _detail, line in acts])
    return current


def deactivate_account(*, user: User, by: User) -> User:
    """Deactivate the user: all sessions end, and the user can be reactivated."""
    return edit_account(user=user, by=by, wanted={"is_active": False})


def reactivate_account(*, user: User, by: User) -> User:
    """Reactivate the user, but not a deleted one, whose data is gone."""
    return user if user.removed_at else edit_account(user=user, by=by, wanted={"is_active": True})


def _save(user: User, columns: Iterable[str] | None) -> None:
    """Save these columns, or insert a new row if `columns` is None. Raises EmailTaken if the constraint refuses."""
    try:
        with transaction.atomic():
            user.save(force_insert=columns is None, update_fields=columns)
    except IntegrityError as error:
        raise EmailTaken from error


def _rights_between(
    user: User, wanted: Mapping[str, Any], changed: Iterable[str]
) -> tuple[list[str], list[str]]:
    """Return the names of the granted and the withdrawn rights."""
    granted = [name for name in changed if name in _RIGHTS and wanted[name] not in (False, "member")]
    withdrawn = [name for name in changed if name in _RIGHTS and name not in granted]
    for name in _MANY:
        had, has = _named(getattr(user, name).all()), _named(wanted.get(name, getattr(user, name).all()))
        granted += sorted(has - had)
        withdrawn += sorted(had - has)
    return granted, withdrawn


def _named(rows: Iterable[Model]) -> set[str]:
    """Return permissions in Django's form, such as `wishlists.view_wishlist`, and groups by name."""
    return {
        f"{row.content_type.app_label}.{row.codename}" if hasattr(row, "codename") else str(row)  # type: ignore[attr-defined]
        for row in rows
    }


def _acts(
    changed: Iterable[str], granted: list[str], withdrawn: list[str], *, is_active: bool
) -> Iterable[tuple[Kind, dict[str, Any], str]]:
    """Yield the actions: each with its kind, its details for the log, and a sentence for the user."""
    if "email" in changed:
        yield Kind.ADDRESS_CHANGED, {}, _("Your e-mail address was changed. Log in with the new one.")
    if profile := [name for name in changed if name in _PROFILE]:
        yield Kind.PROFILE_CHANGED, {"fields": profile}, _("Your name or picture was changed.")
    if "tenant" in changed:
        yield Kind.TENANT_CHANGED, {}, _("Your account was moved. You now see different people and lists.")
    if granted or withdrawn:
        lines = [_("You now have these permissions: %s.") % ", ".join(granted)] if granted else []
        lines += [_("You no longer have these permissions: %s.") % ", ".join(withdrawn)] if withdrawn else []
        yield Kind.RIGHTS_CHANGED, {"granted": granted, "withdrawn": withdrawn}, " ".join(lines)
    if "is_active" in changed and is_active:
        yield Kind.REACTIVATED, {}, _("Your account was reopened. You can log in again.")
    if "is_active" in changed and not is_active:
        yield Kind.DEACTIVATED, {}, _("Your account was closed and logged out on all devices.")


def _tell(user: User, by: User, lines: list[str]) -> None:
    if not lines:
        return
    title = _("%(name)s, a moderator of this site, changed your account") % {"name": by.display_name}
    notify(users=[user], kind="account_changed", title=title, body="\n".join(lines))
    send_mail(to=user, template="account_changed", kind=MailKind.SECURITY, by=by.display_name, lines=lines)

"""Mailed links that can be used once: to set a new password, and to take back an old address.

    send_password_link(*, user, by) -> AccountLink        mails it to the user's own address
    set_password_by_link(*, token, password) -> User      logs out everywhere, and notifies the user
    tell_old_address(*, user, address, by)                mails the old address a link to take it back
    tell_replaced_address(*, user, address, is_proven)    the same, after the user changed it
    keep_old_address(*, token) -> User
    find_link(purpose, token) -> AccountLink              live, or LinkOver

Only the user sees a link: the stored row gives no access, and the job computes the token when it sends the mail.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access.link_tokens import link_named
from accounts.link_tasks import mail_account_link
from accounts.mail.mail_kinds import MailKind
from accounts.models import AccountActivity, AccountLink, User
from accounts.models.people import ADDRESS_COLUMNS
from accounts.refusals import AddressUnsettled, EmailTaken, LinkOver, NoAccount, NoAddress
from accounts.services.account_log import record_account
from accounts.services.inbox import notify
from accounts.services.mail import send_mail
from accounts.services.signing_in.verifying import recover
from core.db.change import change, lock
from core.limits.rate_limits import PASSWORD_LINKS, refuse_beyond
from core.mailboxes.handles import is_handle
from core.mailboxes.mailbox_forms import account_mailbox

Kind = AccountActivity.Kind


def send_password_link(*, user: User, by: User | None) -> AccountLink:
    """Mail `user` a link to set a new password. Older links become invalid.

    Raises AddressUnsettled while the owner of an old address can still take it back.
    """
    refuse_beyond(PASSWORD_LINKS, user.pk)
    return _send_password_link(user=user, by=by)


@change()
def send_first_password_link(*, user: User, by: User) -> AccountLink:
    """Mail the first link to a user whose account was just created."""
    record_account(user=user, kind=Kind.RESET_SENT, by=by)
    return _mail_link(user, AccountLink.Purpose.PASSWORD, user.address, by)


@change()
def _send_password_link(*, user: User, by: User | None) -> AccountLink:
    current = lock(User.objects.filter(pk=user.pk)).get()
    if not current.is_active:
        raise NoAccount
    if not current.address:
        raise NoAddress
    if not _is_settled(current):
        raise AddressUnsettled
    current.account_links.live().passwords().end()
    record_account(user=current, kind=Kind.RESET_SENT, by=by)
    if by is not None:
        notify(
            users=[current],
            kind="password_link_sent",
            title=_("%(name)s sent you a link to set a new password") % {"name": by.display_name},
            body=_("Your password stays the same until you use it."),
        )
    return _mail_link(current, AccountLink.Purpose.PASSWORD, current.address, by)


def _is_settled(user: User) -> bool:
    """Return whether no older address of this account can be taken back any more."""
    return not user.account_links.live().filter(purpose=AccountLink.Purpose.ADDRESS).exists()


def _is_in_use(user: User) -> bool:
    """Return whether anybody has logged in to the account, or could. Before that there is nothing to take over."""
    return user.has_usable_password() or user.sessions.exists()


def set_password_by_link(*, token: str, password: str) -> User:
    """Set the password and use the link up. The password is hashed before the change opens (accounts/services/people.py)."""
    link = find_link(AccountLink.Purpose.PASSWORD, token)
    link.user.set_password(password)
    with change():
        _spend(link)
        link.user.save(update_fields=["password"])
        recover(link.user)
        record_account(user=link.user, kind=Kind.PASSWORD_SET, by=None)
        send_mail(to=link.user, template="password_changed", kind=MailKind.SECURITY)
    return link.user


@change()
def tell_old_address(*, user: User, address: str, by: User) -> None:
    """Tell `address` by mail that it is no longer the address of `user`, with a link to take it back.

    The link is left out if the address was never really theirs: nobody uses the account yet, or staff set the address so
    recently that an older one can still be taken back. Otherwise staff could change an address back and forth, and keep a
    link that gives them the account.
    """
    if is_handle(address):
        return
    if _is_settled(user) and _is_in_use(user):
        _mail_link(user, AccountLink.Purpose.ADDRESS, address, by)
    else:
        lines = [_("The account now has a different e-mail address.")]
        send_mail(
            to=address,
            reader=user,
            template="account_changed",
            kind=MailKind.SECURITY,
            by=by.display_name,
            lines=lines,
        )


@change()
def tell_replaced_address(*, user: User, address: str, is_proven: bool) -> None:
    """Tell `address` by mail that its owner moved the account to another address, with a link to take it back.

    Without the link if nobody proved that the address was theirs, or if an older one can still be taken back.
    """
    if is_handle(address):
        return
    if is_proven and _is_settled(user):
        _mail_link(user, AccountLink.Purpose.ADDRESS, address, None)
    else:
        send_mail(to=address, reader=user, template="address_replaced", kind=MailKind.SECURITY)


@change()
def keep_old_address(*, token: str) -> User:
    """Restore the old address of the account, end all its sessions, and end its other links."""
    link = find_link(AccountLink.Purpose.ADDRESS, token)
    _spend(link)
    user = link.user
    user.account_links.live().end()
    user.take_verified_address(link.address)
    try:
        with transaction.atomic():
            user.save(update_fields=ADDRESS_COLUMNS)
    except IntegrityError as error:
        raise EmailTaken from error
    user.sessions.open().end()
    record_account(user=user, kind=Kind.ADDRESS_KEPT, by=None)
    return user


def find_link(purpose: AccountLink.Purpose, token: str) -> AccountLink:
    """Return the live link of `token`, with its user. Raises LinkOver. This does not use the link up."""
    pk = link_named(purpose, token)
    links = AccountLink.objects.live().filter(purpose=purpose, user__removed_at=None).select_related("user")
    link = links.filter(pk=pk).first() if pk else None
    if link is None or (purpose == AccountLink.Purpose.PASSWORD and not link.user.is_active):
        raise LinkOver
    return link


def _spend(link: AccountLink) -> None:
    """Use the link up. The user's row is locked first, so that only one of two concurrent requests finds the link live."""
    lock(User.objects.filter(pk=link.user_id)).get()
    if not AccountLink.objects.live().filter(pk=link.pk).update(used_at=timezone.now()):
        raise LinkOver


def _mail_link(user: User, purpose: AccountLink.Purpose, address: str, by: User | None) -> AccountLink:
    link = AccountLink.objects.create(
        user=user, purpose=purpose, sent_by=by, address=address, mailbox=account_mailbox(address)
    )
    mail_account_link.enqueue(link_id=str(link.pk), language=link.user.language or get_language() or "en")
    return link

"""Choose how to be told about each kind of news, and stop mails by the link in one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from accounts.models import NotificationChoice, User
from accounts.projections.notice_kinds import NoticeKind, declared_kinds
from accounts.queries.notification_choices import Channels, all_channels_of
from core.db.change import change, lock
from core.errors.refusals import NotFound
from notices.refusals import AlwaysInTheInbox, MailOnly, NoSuchKind

Email = NotificationChoice.Email


@change()
def choose_channels(*, user: User, wanted: Mapping[str, Mapping[str, Any]]) -> None:
    """Set the channels of some kinds: `{kind: {in_app, email, push}}`. What is not named stays as it is."""
    _locked(user)
    known = {kind.name: (kind, channels) for kind, channels in all_channels_of(user).items()}
    for name, some in wanted.items():
        if name not in known:
            raise NoSuchKind(name)
        kind, channels = known[name]
        _choose(user, kind, channels._replace(**some))


@change()
def unsubscribe(*, user_id: UUID, scope: str) -> list[NoticeKind]:
    """Stop the mails of a scope, and return the kinds that are no longer mailed. Doing it again changes nothing."""
    user = _locked_by_id(user_id)
    stopped = []
    for kind, channels in all_channels_of(user).items():
        if channels.email != Email.OFF and _is_in(scope, kind, channels.email):
            _choose(user, kind, channels._replace(email=Email.OFF), email_before=channels.email)
            stopped.append(kind)
    return stopped


@change()
def subscribe_again(*, user_id: UUID, scope: str) -> None:
    """Undo `unsubscribe`: what the link of that scope stopped is mailed again as before."""
    user = _locked_by_id(user_id)
    kinds = {kind.name: kind for kind in declared_kinds()}
    for row in user.notification_choices.filter(email=Email.OFF).exclude(email_before=""):
        if row.kind in kinds and _is_in(scope, kinds[row.kind], row.email_before):
            row.email, row.email_before = row.email_before, ""
            row.save(update_fields=["email", "email_before"])


def scope_of(kinds: Iterable[str], cadence: str) -> str:
    """Return what the link of a mail stops: its kind if it has one, otherwise all mails that come as often."""
    found = set(kinds)
    return f"kind-{found.pop()}" if len(found) == 1 else cadence


def _is_in(scope: str, kind: NoticeKind, cadence: str) -> bool:
    return scope in (f"kind-{kind.name}", cadence)


def _choose(user: User, kind: NoticeKind, channels: Channels, *, email_before: str = "") -> None:
    if kind.is_required and not channels.in_app:
        raise AlwaysInTheInbox
    if kind.is_receipt and (
        channels.in_app or channels.push or channels.email not in (Email.OFF, Email.AT_ONCE)
    ):
        raise MailOnly
    NotificationChoice.objects.update_or_create(
        user=user, kind=kind.name, defaults={**channels._asdict(), "email_before": email_before}
    )


def _locked(user: User) -> User:
    """Lock the user, so that two requests don't both make the first choice of a kind."""
    return lock(User.objects.filter(pk=user.pk)).get()


def _locked_by_id(user_id: UUID) -> User:
    user = lock(User.objects.filter(pk=user_id, removed_at=None)).first()
    if user is None:
        raise NotFound
    return user

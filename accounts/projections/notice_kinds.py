"""The kinds of notifications: their names for people, their groups on the page of choices, and their default channels.

Each app declares its kinds where it declares their payloads. A kind that nobody declared works, with the defaults of
`Group.OTHER`, but people cannot choose for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import NotificationChoice

Email = NotificationChoice.Email


class Group(StrEnum):
    LISTS = "lists"
    GIVING = "giving"
    MONEY = "money"
    MESSAGES = "messages"
    ACCOUNT = "account"
    OTHER = "other"


GROUP_NAMES: dict[Group, Promise] = {
    Group.LISTS: _("Lists"),
    Group.GIVING: _("What you give"),
    Group.MONEY: _("Chipping in"),
    Group.MESSAGES: _("Questions and thanks"),
    Group.ACCOUNT: _("Your account"),
    Group.OTHER: _("Other news"),
}


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notification. `in_app`, `email` and `push` are the channels of people who chose nothing."""

    name: str
    label: Promise | str
    group: Group
    email: str = Email.DAILY
    in_app: bool = True
    push: bool = True
    is_receipt: bool = False
    """Whether it is a mail only, which confirms at once what the user did."""
    is_required: bool = False
    """Whether it is always in the inbox, because it is about security or about who can see what somebody does."""


_declared: dict[str, NoticeKind] = {}


def declare_kind(
    name: str,
    label: Promise,
    group: Group,
    *,
    email: str = Email.DAILY,
    is_receipt: bool = False,
    is_required: bool = False,
) -> None:
    """Declare a kind, so that people can choose how they are told about it."""
    _declared[name] = NoticeKind(
        name,
        label,
        group,
        email,
        in_app=not is_receipt,
        push=not is_receipt,
        is_receipt=is_receipt,
        is_required=is_required,
    )


def kind_named(name: str) -> NoticeKind:
    return _declared.get(name) or NoticeKind(name, name.replace("_", " ").capitalize(), Group.OTHER)


def declared_kinds() -> list[NoticeKind]:
    """Return all kinds in the order of the page: by group, then as declared."""
    order = list(Group)
    return sorted(_declared.values(), key=lambda kind: order.index(kind.group))


declare_kind(
    "account_changed", _("The staff of this site changed your account"), Group.ACCOUNT, is_required=True
)
declare_kind(
    "password_link_sent",
    _("The staff of this site sent you a link for your password"),
    Group.ACCOUNT,
    is_required=True,
)

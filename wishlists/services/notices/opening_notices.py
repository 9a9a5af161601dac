"""Tell the givers of a list, and never its recipients, that a moderator opened what was given there.

A recipient could make a second account for themselves, or have the link to one mailed to themselves. So the notice says
what they did to the moderator's account, and when.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccountActivity, User
from accounts.services.account_log import acts_giving_control, resets_sent
from accounts.services.inbox import notify
from core.time.moments import format_day
from wishlists.access.former_givers import readers_among
from wishlists.models import Guest, Member, Message, WaitlistEntry, Wishlist
from wishlists.projections.gifts import chipped_in_on, reserved_on
from wishlists.services.notices.guest_mail import tell_guests

Kind = AccountActivity.Kind


def tell_givers_of_opening(*, wishlist: Wishlist, by: User, allowed: bool) -> None:
    """Notify everyone who gives there, or may: in their inbox, and guests by mail. If a giver has not yet read an earlier
    notice about the same moderator, that notice is updated.

    Givers are not notified of a recipient who was refused: they saw nothing, and the log has it. Givers are notified of an
    account that a recipient may be using.
    """
    recipients = set(Member.objects.blinding().filter(wishlist=wishlist).values_list("user_id", flat=True))
    if not allowed and by.pk in recipients:
        return
    lines = [_done_by(act) for act in _acts_of(recipients, by)]
    if allowed:
        lines.insert(0, _("For 30 minutes they can see who gives what, and the messages between givers."))
    givers = _givers(wishlist).exclude(pk__in={*recipients, by.pk}).order_by("pk")
    members = Q(memberships__wishlist=wishlist, memberships__removed_at=None)
    readers = {*givers.filter(members), *readers_among(givers, wishlist)}
    for giver in givers:
        title = wishlist.title if giver in readers else ""
        notify(
            users=[giver],
            kind="giving_opened" if allowed else "giving_opening_refused",
            about=f"{wishlist.pk} {by.pk}",
            title=_title(by, title, allowed=allowed),
            body="\n".join(lines),
            payload={"list_title": title, "opened_by": by.display_name}
            | ({"wishlist_id": str(wishlist.pk)} if title else {}),
        )
    if allowed:
        tell_guests(_guests(wishlist), kind="giving_opened")


def _title(by: User, title: str, *, allowed: bool) -> str:
    """Return the title of the notice. People who lost access to the list are not told its current name."""
    named = {"name": by.display_name, "list": title}
    if not allowed:
        sentence = _(
            "%(name)s, a moderator of this site, tried to see who gives what on “%(list)s” and was refused"
        )
        nameless = _(
            "%(name)s, a moderator of this site, tried to see who gives what on a list where you gave "
            "something, and was refused"
        )
    else:
        sentence = _("%(name)s, a moderator of this site, is looking at who gives what on “%(list)s”")
        nameless = _(
            "%(name)s, a moderator of this site, is looking at who gives what on a list where you gave "
            "something"
        )
    return (sentence if title else nameless) % named


def _givers(wishlist: Wishlist) -> QuerySet[User]:
    """Members of the list, and people who gave without being one."""
    gave = Q(pk__in=_gave(wishlist, "user")) | Q(pk__in=wishlist.members.live().values("user"))
    return User.objects.filter(gave, is_active=True)


def _guests(wishlist: Wishlist) -> QuerySet[Guest]:
    return Guest.objects.filter(pk__in=_gave(wishlist, "guest")).order_by("pk")


def _gave(wishlist: Wishlist, who: str) -> set[UUID]:
    """The keys of those who hold, chip in, wait or speak there, be it a `user` or a `guest`."""
    tables: tuple[QuerySet[Any], ...] = (
        reserved_on(wishlist),
        chipped_in_on(wishlist),
        WaitlistEntry.objects.in_line().filter(item__wishlist=wishlist),
        Message.objects.live().filter(item__wishlist=wishlist),
    )
    return {key for rows in tables for key in rows.values_list(who, flat=True) if key is not None}


def _acts_of(recipients: set[UUID], by: User) -> Iterable[AccountActivity]:
    """Return the acts that led from a recipient to this account, oldest first; none if no recipient took part."""
    acts = acts_giving_control(by)
    accounts = {by.pk, *(act.user_id for act in acts)}
    if not recipients & {act.by_id for act in acts}:
        acts = []
    return [*acts, *resets_sent(accounts).filter(by__in=recipients)]


def _done_by(act: AccountActivity) -> str:
    assert act.by is not None
    day = format_day(timezone.localdate(act.created_at))
    said = {
        Kind.CREATED: _("%(by)s created the account of %(name)s on %(day)s."),
        Kind.ADDRESS_CHANGED: _("%(by)s changed the e-mail address of %(name)s on %(day)s."),
        Kind.RIGHTS_CHANGED: _("%(by)s gave the account of %(name)s new permissions on %(day)s."),
        Kind.RESET_SENT: _("%(by)s sent %(name)s a link to set a new password on %(day)s."),
    }
    named = {"by": act.by.display_name, "name": act.user.display_name, "day": day}
    return said[Kind(act.kind)] % named

"""Close reports, and act on what was reported: hide it, show it again, deactivate a person.

What moderators do to a list is in the log of that list, and what they do to an account in the account log. A decision is
a row of its own that can't be changed.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.projections.notice_payloads import declare_payload
from accounts.services.inbox import notify
from accounts.services.staff_accounts import deactivate_account, may_change_account, reactivate_account
from core.db.change import change
from moderation.models import Decision, Report
from moderation.refusals import GivingNotOpened, NothingToRestore, ReportDecided, StaffOnly
from wishlists.services.moderating import (
    hide_wishlist,
    opened_lists,
    remove_unwanted_item,
    remove_unwanted_message,
    restore_unwanted_item,
    restore_unwanted_message,
    unhide_wishlist,
)

Target = Report.Target

declare_payload("report_decided", "target", "resolution")


@change()
def decide(*, report: Report, by: User, resolution: str, note: str) -> Decision:
    """Close a report, once. The person who reported it is told whether something was done, and not what or why."""
    try:
        with transaction.atomic():
            made = Decision.objects.create(report=report, by=by, resolution=resolution, note=note)
    except IntegrityError as error:
        raise ReportDecided from error
    if report.user is not None:
        done = resolution == Decision.Resolution.RESOLVED
        notify(
            users=[report.user],
            kind="report_decided",
            title=_("A moderator has looked at your report"),
            body=_("They agreed with you and did something about it.")
            if done
            else _("They found no reason to do something about it."),
            payload={"target": report.target, "resolution": resolution},
            about=f"report {report.pk}",
        )
    return made


@change()
def hide_target(*, report: Report, by: User, reason: str) -> None:
    """Hide what was reported: the list or wish from everybody, the message; a person's account is deactivated."""
    _require_opened(report, by)
    if report.message is not None:
        if remove_unwanted_message(message=report.message, by=by, reason=reason) is None:
            raise GivingNotOpened
    elif report.item is not None:
        if report.item.removed_at is None:
            remove_unwanted_item(item=report.item, by=by, reason=reason)
    elif report.target == Target.PERSON:
        deactivate_account(user=_changeable(report.person, by), by=by, reason=reason)
    else:
        assert report.wishlist is not None
        hide_wishlist(wishlist=report.wishlist, by=by, reason=reason)


@change()
def restore_target(*, report: Report, by: User, reason: str) -> None:
    """Undo `hide_target`. Raises `NothingToRestore` if no moderator had hidden it."""
    _require_opened(report, by)
    if report.message is not None:
        if restore_unwanted_message(message=report.message, by=by, reason=reason) is None:
            raise NothingToRestore
    elif report.item is not None:
        if restore_unwanted_item(item=report.item, by=by, reason=reason).removed_at is not None:
            raise NothingToRestore
    elif report.target == Target.PERSON:
        reactivate_account(user=_changeable(report.person, by), by=by, reason=reason)
    else:
        assert report.wishlist is not None
        unhide_wishlist(wishlist=report.wishlist, by=by, reason=reason)


def _require_opened(report: Report, by: User) -> None:
    """Refuse before anything else is looked at: what only givers see can't be changed unseen either."""
    if report.is_about_giving and report.wishlist_id not in opened_lists(by):
        raise GivingNotOpened


def _changeable(person: User | None, by: User) -> User:
    if person is None or person.pk == by.pk or not may_change_account(user=person, by=by):
        raise StaffOnly
    return person

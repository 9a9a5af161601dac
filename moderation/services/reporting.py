"""Report a list, a wish, a message or a person to the moderators. Nobody else is told."""

from __future__ import annotations

from core.db.change import change
from core.limits.rate_limits import (
    REPORTS_A_LINK,
    REPORTS_A_PERSON,
    REPORTS_A_VISITOR,
    refuse_beyond,
)
from moderation.models import Report
from moderation.queries.targets import Reported
from wishlists.models import Wishlist
from wishlists.models.viewers import Viewer


def refuse_many_reports(*, by: Viewer, visitor: str, wishlist: Wishlist | None) -> None:
    """Count one report, or refuse beyond the limits. Call it before looking for what is reported.

    `visitor` is a digest of the address of somebody without an account, and `wishlist` the list by whose link they came.
    """
    if by.user is not None:
        refuse_beyond(REPORTS_A_PERSON, by.user.pk)
    else:
        refuse_beyond(REPORTS_A_VISITOR, visitor)
        refuse_beyond(REPORTS_A_LINK, wishlist.pk if wishlist else "")


@change()
def report(*, reported: Reported, by: Viewer, reason: str, details: str = "") -> Report:
    """Add a report. If the same person has a pending report about the same thing, that one is returned."""
    named = {
        "wishlist": reported.wishlist,
        "item": reported.item,
        "message": reported.message,
        "person": reported.person,
    }
    if by.user is not None or by.guest is not None:
        mine = Report.objects.pending().filter(user=by.user, guest=by.guest, target=reported.target)
        if known := mine.filter(**named).first():
            return known
    tenant = reported.person.tenant if reported.person else None
    if tenant is None:
        assert reported.wishlist is not None
        tenant = reported.wishlist.tenant
    return Report.objects.create(
        tenant=tenant,
        target=reported.target,
        about=reported.about,
        is_about_giving=reported.is_about_giving,
        quoted=reported.quoted,
        reason=reason,
        details=details,
        user=by.user,
        guest=by.guest,
        **named,
    )

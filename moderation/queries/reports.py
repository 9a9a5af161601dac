"""Which reports a moderator may read."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from moderation.models import Report, ReportQuerySet
from moderation.refusals import NoSuchReport
from wishlists.models import Member
from wishlists.services.moderating import people_behind, receives_any


def readable_reports(moderator: User) -> ReportQuerySet:
    """Return the reports that this moderator may read, as if the others did not exist.

    Hidden from them, and from accounts that others may be using, are reports

    - about lists of which they are a recipient: a report shows that somebody wrote to givers or added a secret wish;
    - about a person with whom the reporter was on such a list: the words of the reporter may say what that person gave;
    - about themselves, their lists and what they wrote, so that nobody needs to fear them.

    Nothing here depends on what was given.
    """
    behind, blind = people_behind(moderator), receives_any(moderator)
    reports = Report.objects.exclude(about__in=behind).exclude(user__in=behind)
    reports = reports.filter(Q(wishlist=None) | ~Q(wishlist__in=blind))
    place_of_reporter = Member.objects.filter(wishlist=OuterRef("wishlist"), user=OuterRef(OuterRef("user")))
    met_there = Member.objects.filter(
        Q(wishlist__is_public=True) | Exists(place_of_reporter),
        user=OuterRef("person"),
        wishlist__in=blind,
    )
    reports = reports.exclude(Exists(met_there))
    return reports if moderator.is_superuser else reports.filter(tenant=moderator.tenant_id)


def readable_report(moderator: User, report_id: UUID) -> Report:
    """Return the report. Raises `NoSuchReport`."""
    rows = readable_reports(moderator).select_related(*SHOWN_WITH).filter(pk=report_id)
    report = rows.first()
    if report is None:
        raise NoSuchReport
    return report


SHOWN_WITH = ("wishlist", "item", "message", "person", "about", "user", "decision__by")
"""What is selected together with a report to show it."""

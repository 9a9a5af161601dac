"""The refusals about reports and about what staff do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors.refusals import Forbidden, NotFound, Refusal


class NoSuchTarget(NotFound):
    default_code = "no_such_target"
    default_detail = _("This doesn't exist, or you can't see it.")


class NoSuchReport(NotFound):
    """Also for reports about lists of which the moderator is a recipient, and about the moderator."""

    default_code = "no_such_report"
    default_detail = _("This report doesn't exist, or it is for other moderators.")


class ReportDecided(Refusal):
    default_code = "report_decided"
    default_detail = _("Another moderator has already closed this report.")


class GivingNotOpened(Refusal):
    default_code = "giving_not_opened"
    default_detail = _("Only givers see this. Use “Show who gives what” on the list first.")


class GivingStaysClosed(Forbidden):
    default_code = "giving_stays_closed"
    default_detail = _(
        "This list is for you, or for somebody who may use your account, so you can't see who gives what. Givers may "
        "have been told that you tried."
    )


class NothingToRestore(Refusal):
    default_code = "nothing_to_restore"
    default_detail = _("No moderator has hidden this, or it is shown again already.")


class StaffOnly(Forbidden):
    default_code = "staff_only"
    default_detail = _("Only staff of this site with the permission for it can do this.")


class SecondFactorMissing(Forbidden):
    default_code = "second_factor_missing"
    default_detail = _("Staff need a second factor. Set one up under “Second factor and passkeys”.")

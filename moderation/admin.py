"""The queue of reports in the admin. What only givers see is shown after the moderator opened the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, F, Q, QuerySet, When
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.admin.reasons import ask_reason
from core.admin.walled_admin import ReadOnlyAdmin
from core.errors.refusals import Refusal
from moderation.models import Decision, Report
from moderation.projections.reports import Desk, decision_on, desk_of
from moderation.queries.reports import SHOWN_WITH, readable_reports
from moderation.services.deciding import decide, hide_target, restore_target
from wishlists.services.moderating import open_giving, opened_lists

Answer = TemplateResponse | None
Act = Callable[[Report, User, str], Any]
_CLOSED = gettext_lazy("Only givers see this. Use “Show who gives what” first.")


class StateFilter(admin.SimpleListFilter):
    """Pending or closed. Without a choice all are listed."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        closed = [(value, label) for value, label in Decision.Resolution.choices]
        return [("pending", gettext_lazy("pending")), *closed]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        wanted = self.value()
        if wanted == "pending":
            return queryset.filter(decision=None)
        return queryset.filter(decision__resolution=wanted) if wanted else queryset


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin[Report]):
    """Reports that this moderator may read (moderation/queries/reports.py). Others are not counted either."""

    list_display = ("created_at", "target", "wishlist", "reason", "said", "state")
    list_filter = (StateFilter, "target", "reason", "tenant")
    list_select_related = SHOWN_WITH
    search_fields = ("details", "wishlist__title", "person__display_name", "person__email")
    show_full_result_count = False
    fields = (
        "created_at",
        "target",
        "wishlist",
        "shown_item",
        "shown_message",
        "person",
        "responsible",
        "shown_quote",
        "reason",
        "details",
        "reporter",
        "state",
        "decided_by",
        "note",
    )
    readonly_fields = (
        "shown_item",
        "shown_message",
        "responsible",
        "shown_quote",
        "reporter",
        "state",
        "decided_by",
        "note",
    )
    actions = ("resolve", "dismiss", "open_what_was_given", "hide_reported", "restore_reported")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """Annotate whether the moderator has opened the list of each report."""
        moderator: Any = request.user
        rows = super().get_queryset(request).filter(pk__in=readable_reports(moderator).values("pk"))
        opened = Q(wishlist__in=opened_lists(moderator))
        return rows.select_related(*SHOWN_WITH).annotate(
            opened=Case(When(opened, then=F("wishlist")), default=None)
        )

    # --- what is shown ---

    @admin.display(description=gettext_lazy("details"))
    def said(self, report: Report) -> str:
        return Truncator(report.details).chars(120)

    @admin.display(description=gettext_lazy("state"))
    def state(self, report: Report) -> str:
        decision = decision_on(report)
        return decision.get_resolution_display() if decision else _("pending")

    @admin.display(description=gettext_lazy("closed by"))
    def decided_by(self, report: Report) -> str:
        decision = decision_on(report)
        return str(decision.by) if decision else self.get_empty_value_display()

    @admin.display(description=gettext_lazy("note"))
    def note(self, report: Report) -> str:
        decision = decision_on(report)
        return decision.note if decision else self.get_empty_value_display()

    @admin.display(description=gettext_lazy("reported by"))
    def reporter(self, report: Report) -> str:
        """Name no guest: people become guests by giving."""
        return str(report.user) if report.user else _("somebody with the link")

    @admin.display(description=gettext_lazy("wish"))
    def shown_item(self, report: Report) -> str:
        return self._if_opened(report, report.item.title if report.item else None)

    @admin.display(description=gettext_lazy("message"))
    def shown_message(self, report: Report) -> str:
        return self._if_opened(report, str(report.message_id) if report.message_id else None)

    @admin.display(description=gettext_lazy("responsible"))
    def responsible(self, report: Report) -> str:
        return self._if_opened(report, str(report.about) if report.about else _("a guest"))

    @admin.display(description=gettext_lazy("it said"))
    def shown_quote(self, report: Report) -> str:
        return self._if_opened(report, report.quoted)

    def _if_opened(self, report: Report, text: str | None) -> str:
        if desk_of(report, {report.opened}) is Desk.CLOSED:  # type: ignore[attr-defined]
            return str(_CLOSED)
        return text or self.get_empty_value_display()

    # --- actions ---

    @admin.action(description=gettext_lazy("Close: something was done"), permissions=["view"])
    def resolve(self, request: HttpRequest, rows: QuerySet[Report]) -> Answer:
        return self._decide(request, rows, "resolve", Decision.Resolution.RESOLVED)

    @admin.action(description=gettext_lazy("Close: no reason to act"), permissions=["view"])
    def dismiss(self, request: HttpRequest, rows: QuerySet[Report]) -> Answer:
        return self._decide(request, rows, "dismiss", Decision.Resolution.DISMISSED)

    @admin.action(description=gettext_lazy("Show who gives what (logged)"), permissions=["view"])
    def open_what_was_given(self, request: HttpRequest, rows: QuerySet[Report]) -> Answer:
        def act(report: Report, by: User, reason: str) -> None:
            if report.wishlist is not None:
                open_giving(wishlist=report.wishlist, by=by, reason=reason)

        warning = _(
            "For 30 minutes you will see reservations, contributions, messages and secret wishes of these lists. "
            "This is logged, and givers are told your name."
        )
        return self._act(request, rows, "open_what_was_given", _("Show who gives what"), warning, act)

    @admin.action(description=gettext_lazy("Hide what was reported"), permissions=["view"])
    def hide_reported(self, request: HttpRequest, rows: QuerySet[Report]) -> Answer:
        def act(report: Report, by: User, reason: str) -> None:
            hide_target(report=report, by=by, reason=reason)

        warning = _(
            "Lists and wishes are hidden from everybody, messages are removed, and accounts are deactivated. Those "
            "concerned are told, with your reason."
        )
        return self._act(request, rows, "hide_reported", _("Hide what was reported"), warning, act)

    @admin.action(description=gettext_lazy("Show again what was hidden"), permissions=["view"])
    def restore_reported(self, request: HttpRequest, rows: QuerySet[Report]) -> Answer:
        def act(report: Report, by: User, reason: str) -> None:
            restore_target(report=report, by=by, reason=reason)

        warning = _("This undoes “Hide what was reported”. Those concerned are told, with your reason.")
        return self._act(request, rows, "restore_reported", _("Show again"), warning, act)

    def _decide(
        self, request: HttpRequest, rows: QuerySet[Report], action: str, resolution: Decision.Resolution
    ) -> Answer:
        def act(report: Report, by: User, note: str) -> None:
            decide(report=report, by=by, resolution=resolution, note=note)

        warning = _(
            "Whoever reported it is told whether something was done. Only moderators read your reason."
        )
        return self._act(request, rows, action, _("Close reports"), warning, act)

    def _act(
        self, request: HttpRequest, rows: QuerySet[Report], action: str, title: str, warning: str, act: Act
    ) -> Answer:
        """Ask for the reason, then act on each report. A refusal is shown and doesn't keep the others."""
        reason = ask_reason(self, request, rows, action=action, title=title, warning=warning)
        if isinstance(reason, TemplateResponse):
            return reason
        moderator: Any = request.user
        done = 0
        for report in rows:
            try:
                act(report, moderator, reason)
            except Refusal as refusal:
                self.message_user(request, f"{report}: {refusal.detail}", messages.ERROR)
            else:
                done += 1
        self.message_user(request, _("Done: %(count)d.") % {"count": done})
        return None

"""The page to report something, on a list's own pages and behind a link."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.web.views.account import web_page
from core.errors.error_pages import refuse_in_place
from core.limits.rate_limits import RateLimited
from moderation.models import Report
from moderation.queries.targets import Reported, target_on
from moderation.services.reporting import refuse_many_reports, report
from moderation.web.forms import ReportForm
from sharing.web.share_session import ShareSession
from sharing.web.views.share_page import inside
from wishlists.web.lookups import page_of_list
from wishlists.web.page_context import PageContext

Target = Report.Target

TITLES: dict[str, Promise] = {
    Target.LIST: gettext_lazy("Report this list"),
    Target.ITEM: gettext_lazy("Report this wish"),
    Target.MESSAGE: gettext_lazy("Report this message"),
    Target.PERSON: gettext_lazy("Report this person"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def report_on_list(
    request: HttpRequest,
    wishlist_id: UUID,
    item_id: UUID | None = None,
    message_id: UUID | None = None,
    user_id: UUID | None = None,
) -> HttpResponse:
    """Report the list, or a wish, a message or a person there."""
    page = page_of_list(request, wishlist_id)
    return _page(request, page, _target(page, item_id, message_id, user_id), visitor="")


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def report_by_link(
    request: HttpRequest,
    session: ShareSession,
    item_id: UUID | None = None,
    message_id: UUID | None = None,
) -> HttpResponse:
    """Report the list, or a wish or a question there, without an account."""
    page = session.page
    return _page(request, page, _target(page, item_id, message_id), visitor=session.visitor)


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def report_owner(request: HttpRequest, session: ShareSession) -> HttpResponse:
    """Report the owner, the only person whom people with a link see."""
    page = session.page
    return _page(request, page, _target(page, user_id=page.wishlist.owner_id), visitor=session.visitor)


def _target(
    page: PageContext,
    item_id: UUID | None = None,
    message_id: UUID | None = None,
    user_id: UUID | None = None,
) -> Reported:
    for target, pk in ((Target.MESSAGE, message_id), (Target.PERSON, user_id), (Target.ITEM, item_id)):
        if pk is not None:
            return target_on(page.viewpoint, target, pk)
    return target_on(page.viewpoint, Target.LIST, page.wishlist.pk)


def _page(request: HttpRequest, page: PageContext, reported: Reported, *, visitor: str) -> HttpResponse:
    form = ReportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, page, reported, form, 422 if form.is_bound else 200)
    try:
        refuse_many_reports(by=page.viewer, visitor=visitor, wishlist=page.wishlist)
    except RateLimited as refusal:
        form.add_error(None, str(refusal.detail))
        return refuse_in_place(_show(request, page, reported, form), refusal)
    report(reported=reported, by=page.viewer, **form.cleaned_data)
    messages.success(request, _("Thank you. A moderator will look at it."))
    answer = redirect(page.address)
    answer.status_code = 303
    return answer


def _show(
    request: HttpRequest, page: PageContext, reported: Reported, form: ReportForm, status: int = 200
) -> HttpResponse:
    context = {
        "page": page,
        "wishlist": page.wishlist,
        "title": TITLES[reported.target],
        "quoted": reported.quoted,
        "form": form,
        "owner_too": reported.target == Target.LIST and page.viewer.by_link and not page.is_owner,
    }
    return render(request, "moderation/report.html", context, status=status)

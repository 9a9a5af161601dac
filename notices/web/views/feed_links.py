"""The page "Calendar and news feed": make a secret address, which is shown once, and revoke one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.web.form_repeats import done_before, keep_facts
from accounts.web.views.account import current_user, web_page
from core.errors.error_pages import refuse_in_place
from core.limits.rate_limits import RateLimited
from notices.models import FeedLink
from notices.projections.feeds import feed_url
from notices.refusals import TooManyFeeds
from notices.services.feed_links import make_feed_link, renew_unseen_secret, revoke_feed_link
from notices.web.forms import FeedForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def feed_links(request: HttpRequest) -> HttpResponse:
    """Show the addresses, and handle the form for a new one.

    The answer to that form is the page itself, because a redirect would have to keep the secret somewhere. If the form is
    sent twice, the browser shows the second answer, so that one gets a new secret for the same address.
    """
    if (done := done_before(request)) is not None:
        link, secret = renew_unseen_secret(user=current_user(request), link_id=UUID(done["link_id"]))
        return _made(request, link, secret)
    form = FeedForm(request.POST or None)
    if form.is_valid():
        try:
            link, secret = make_feed_link(user=current_user(request), **form.cleaned_data)
        except (RateLimited, TooManyFeeds) as refusal:
            form.add_error(None, str(refusal.detail))
            return refuse_in_place(_show(request, form), refusal)
        return _made(request, link, secret)
    return _show(request, form, status=422 if form.errors else 200)


@require_POST
@login_required
@web_page
def feed_link_revoke(request: HttpRequest, link_id: UUID) -> HttpResponse:
    revoke_feed_link(user=current_user(request), link_id=link_id)
    messages.success(request, _("The address was revoked."))
    return redirect("account-feeds")


def _made(request: HttpRequest, link: FeedLink, secret: str | None) -> HttpResponse:
    url = feed_url(link, secret) if secret else None
    response = _show(request, FeedForm(), made=link, url=url)
    keep_facts(response, draw={"link_id": str(link.pk)})
    return response


def _show(request: HttpRequest, form: FeedForm, *, status: int = 200, **made: Any) -> HttpResponse:
    context = {"form": form, "links": current_user(request).feed_links.all(), **made}
    return render(request, "notices/feeds.html", context, status=status)

"""Turn web push on and off in this browser. A script sends these forms, because only it can ask the browser."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.middleware import log_in_behind
from accounts.refusals import NotSignedIn
from accounts.web.views.account import current_user, web_page
from notices.refusals import NotFromABrowser
from notices.services.push_subscriptions import subscribe_browser, unsubscribe_browser
from notices.web.forms import PushForm


@require_POST
@login_required
@web_page
def push_on(request: HttpRequest) -> HttpResponse:
    form, session = PushForm(request.POST), log_in_behind(request)
    if session is None:
        raise NotSignedIn
    if not form.is_valid():
        raise NotFromABrowser
    subscribe_browser(user=current_user(request), session=session, **form.cleaned_data)
    return HttpResponse(status=204)


@require_POST
@login_required
@web_page
def push_off(request: HttpRequest) -> HttpResponse:
    unsubscribe_browser(user=current_user(request), endpoint=request.POST.get("endpoint", ""))
    return HttpResponse(status=204)

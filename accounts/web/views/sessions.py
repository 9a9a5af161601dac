"""The page "Where you are logged in": log out one device, or all others."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import log_in_behind
from accounts.projections.sessions import session_row
from accounts.queries.sessions import MOST_SHOWN, log_ins_of
from accounts.services.sessions import end_all_sessions, end_own_session
from accounts.web.views.account import current_user, web_page


@require_safe
@login_required
@web_page
def account_sessions(request: HttpRequest) -> HttpResponse:
    here = log_in_behind(request)
    rows = [session_row(session, here) for session in log_ins_of(current_user(request))[:MOST_SHOWN]]
    rows.sort(key=lambda row: not row["is_current"])
    others = sum(not row["is_current"] for row in rows)
    return render(request, "accounts/sessions.html", {"sessions": rows, "others": others})


@require_POST
@login_required
@web_page
def account_session_end(request: HttpRequest, session_id: UUID) -> HttpResponse:
    end_own_session(user=current_user(request), session_id=session_id)
    messages.success(request, _("That device was logged out."))
    return redirect("account-sessions")


@require_POST
@login_required
@web_page
def account_sessions_end(request: HttpRequest) -> HttpResponse:
    end_all_sessions(user=current_user(request), but=log_in_behind(request))
    messages.success(request, _("You were logged out on all other devices."))
    return redirect("account-sessions")

"""The page "Notifications": how to be told about each kind of news."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.projections.notice_kinds import GROUP_NAMES, Group
from accounts.queries.notification_choices import all_channels_of
from accounts.web.views.account import current_user, web_page
from core.errors.refusals import NotFound
from notices.access.vapid import public_key
from notices.services.choosing import choose_channels
from notices.web.forms import GroupForm


@require_safe
@login_required
@web_page
def notifications(request: HttpRequest) -> HttpResponse:
    return _show(request)


@require_POST
@login_required
@web_page
def notifications_group(request: HttpRequest, group: str) -> HttpResponse:
    """Save the form of one group."""
    user = current_user(request)
    if group not in {one.value for one in Group}:
        raise NotFound
    with transaction.atomic():
        form = _form(user, Group(group), request.POST)
        if form.is_valid():
            choose_channels(user=user, wanted=form.wanted())
            messages.success(request, _("Saved."))
            return redirect(reverse("account-notifications") + f"#{group}")
    return _show(request, **{group: form})


def _form(user: User, group: Group, data: Any = None) -> GroupForm:
    channels = {kind: chosen for kind, chosen in all_channels_of(user).items() if kind.group == group}
    return GroupForm(channels, data)


def _show(request: HttpRequest, **sent: GroupForm) -> HttpResponse:
    user = current_user(request)
    forms = {group: sent.get(group.value) or _form(user, group) for group in Group}
    groups = [(group.value, GROUP_NAMES[group], form) for group, form in forms.items() if form.fields]
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(
        request, "notices/settings.html", {"groups": groups, "push_key": public_key()}, status=status
    )

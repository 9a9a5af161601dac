"""An admin action that asks for a reason before it acts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import helpers
from django.contrib.admin.options import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from core.text.text_form_fields import LinesFormField


class ReasonForm(forms.Form):
    """Why a moderator does this. It is kept in the log."""

    reason = LinesFormField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


def ask_reason(
    admin: ModelAdmin[Any],
    request: HttpRequest,
    rows: QuerySet[Any],
    *,
    action: str,
    title: str,
    warning: str,
) -> str | TemplateResponse:
    """The reason once it was given, until then the page that asks for it. Shows which rows are meant."""
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if form.is_valid():
        return str(form.cleaned_data["reason"])
    context = admin.admin_site.each_context(request) | {
        "title": title,
        "warning": warning,
        "rows": rows,
        "form": form,
        "action": action,
        "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "opts": admin.model._meta,
    }
    return TemplateResponse(request, "admin/reason.html", context)

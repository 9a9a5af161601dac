"""Admin actions that ask for a reason first."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.contrib.admin import helpers
from django.contrib.admin.options import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.text.text_form_fields import LinesFormField

MAX_REASON = 500


class ReasonForm(forms.Form):
    """The moderator's reason, which is logged."""

    reason = LinesFormField(
        label=_("Reason"), max_length=MAX_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )


F = TypeVar("F", bound=ReasonForm)


def ask_reason(
    admin: ModelAdmin[Any],
    request: HttpRequest,
    rows: QuerySet[Any],
    *,
    action: str,
    title: str | Promise,
    warning: str | Promise,
) -> str | TemplateResponse:
    """Return the reason if it was given, else the page that asks for it and shows the selected rows."""
    asked = ask_form(admin, request, rows, ReasonForm, action=action, title=title, warning=warning)
    return asked if isinstance(asked, TemplateResponse) else str(asked.cleaned_data["reason"])


def ask_form(
    admin: ModelAdmin[Any],
    request: HttpRequest,
    rows: QuerySet[Any],
    form_class: type[F],
    *,
    action: str,
    title: str | Promise,
    warning: str | Promise,
) -> F | TemplateResponse:
    """Return the form if it was filled in, else the page that asks for it and shows the selected rows."""
    form = form_class(request.POST if "reason" in request.POST else None)
    if form.is_valid():
        return form
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

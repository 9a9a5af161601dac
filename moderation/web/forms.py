"""The form to report something."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.text.text_form_fields import LinesFormField
from moderation.models import Report
from wishlists.bounds import MAX_MESSAGE


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong?"), choices=Report.Reason.choices, widget=forms.RadioSelect
    )
    details = LinesFormField(
        label=_("Details (optional)"),
        required=False,
        max_length=MAX_MESSAGE,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Only moderators read this."),
    )

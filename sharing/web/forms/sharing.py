"""The forms of share pages and of sharing a list."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.pages.edit_forms import EditForm
from core.text.text_form_fields import LineFormField
from core.time.moment_fields import LocalMomentField
from core.time.moments import format_zone
from wishlists.web.forms.lists import text_field, url_field

MAX_VIEWS = 1_000_000


class SuggestForm(forms.Form):
    title = LineFormField(
        label=_("What would they like?"), max_length=512, widget=forms.TextInput({"autocomplete": "off"})
    )
    link_url = url_field(_("Link to a shop or product"))
    message = text_field(_("Why they would like it"))


class LinkForm(EditForm):
    """The limits of a link. Its end is typed and shown in the time zone of the list."""

    expires_at = LocalMomentField(label=_("Expires at"), required=False)
    max_views = forms.IntegerField(
        label=_("Maximum opens"),
        required=False,
        min_value=1,
        max_value=MAX_VIEWS,
        help_text=_("Leave empty for no limit."),
    )

    def __init__(self, *args: Any, time_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("LocalMomentField", self.fields["expires_at"])
        field.time_zone, field.help_text = time_zone, format_zone(time_zone)

    def clean_expires_at(self) -> object:
        """Refuse an end in the past: the link would never work."""
        ends = self.cleaned_data["expires_at"]
        if ends is not None and ends <= timezone.now():
            raise forms.ValidationError(_("Choose a time in the future."))
        return ends

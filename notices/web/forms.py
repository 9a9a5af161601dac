"""The forms of the notification settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from accounts.models import NotificationChoice
from accounts.projections.notice_kinds import NoticeKind
from accounts.queries.notification_choices import Channels
from core.outgoing.targets import MAX_URL
from core.pages.edit_forms import EditForm
from core.text.text_form_fields import RawTextFormField
from notices.models import FeedLink

Email = NotificationChoice.Email

RECEIPT_CHOICES = ((Email.AT_ONCE, Email.AT_ONCE.label), (Email.OFF, Email.OFF.label))


class GroupForm(EditForm):
    """How to be told about each kind of a group: `in_app_<kind>`, `push_<kind>`, `email_<kind>`.

    Each group has a form of its own, because one form for all kinds would have more fields than a request may have.
    """

    def __init__(self, channels: Mapping[NoticeKind, Channels], *args: Any, **kwargs: Any) -> None:
        initial = {
            f"{channel}_{kind.name}": value
            for kind, chosen in channels.items()
            for channel, value in chosen._asdict().items()
        }
        super().__init__(*args, initial=initial, **kwargs)
        self._kinds = list(channels)
        for kind in self._kinds:
            self.fields |= _fields_of(kind)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def kinds(self) -> Iterator[tuple[NoticeKind, list[BoundField]]]:
        """Return each kind with its fields, for the template."""
        for kind in self._kinds:
            yield (
                kind,
                [
                    self[f"{name}_{kind.name}"]
                    for name in Channels._fields
                    if f"{name}_{kind.name}" in self.fields
                ],
            )

    def wanted(self) -> dict[str, dict[str, Any]]:
        """Return what was edited on the page, by kind."""
        edited = self.only_edited(self.cleaned_data)
        wanted: dict[str, dict[str, Any]] = {}
        for kind in self._kinds:
            names = {name: f"{name}_{kind.name}" for name in Channels._fields}
            some = {name: edited[field] for name, field in names.items() if field in edited}
            if some:
                wanted[kind.name] = some
        return wanted


def _fields_of(kind: NoticeKind) -> dict[str, forms.Field]:
    email = forms.ChoiceField(
        label=_("E-mail"), choices=RECEIPT_CHOICES if kind.is_receipt else Email.choices
    )
    if kind.is_receipt:
        return {f"email_{kind.name}": email}
    in_app = forms.BooleanField(label=_("Inbox"), required=False, disabled=kind.is_required)
    push = forms.BooleanField(label=_("Push"), required=False)
    return {f"in_app_{kind.name}": in_app, f"push_{kind.name}": push, f"email_{kind.name}": email}


class PushForm(forms.Form):
    """What a browser says of itself when push is turned on."""

    endpoint = RawTextFormField(max_length=MAX_URL)
    p256dh = RawTextFormField(max_length=100)
    auth = RawTextFormField(max_length=40)


class FeedForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What for"),
        choices=[
            (FeedLink.Kind.CALENDAR, _("A calendar program: the days of your lists")),
            (FeedLink.Kind.NEWS, _("A feed reader: your news")),
        ],
        widget=forms.RadioSelect,
        initial=FeedLink.Kind.CALENDAR,
    )

"""The form for a new webhook."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.outgoing.targets import MAX_URL
from core.text.text_form_fields import RawTextFormField
from wishlists.models import Wishlist


class NewWebhookForm(forms.Form):
    url = RawTextFormField(
        label=_("Address of your program"),
        max_length=MAX_URL,
        widget=forms.URLInput({"autocomplete": "off", "placeholder": "https://"}),
    )
    wishlist = forms.ChoiceField(label=_("Lists"), required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = Wishlist.objects.shared_with(user).own_first(user)
        self.fields["wishlist"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            ("", _("All lists that I own or am on")),
            *((str(one.pk), one.title) for one in lists),
        ]

    def wanted(self) -> dict[str, Any]:
        """Return the arguments for the new webhook."""
        chosen = self.cleaned_data["wishlist"]
        return {"url": self.cleaned_data["url"], "wishlist_id": UUID(chosen) if chosen else None}

"""The form of talk, in the same bounds as the API."""

from __future__ import annotations

from django import forms

from core.text.text_form_fields import LinesFormField
from wishlists.bounds import MAX_MESSAGE
from wishlists.models import Message
from wishlists.web.forms.lists import GuestForm


class TalkForm(GuestForm):
    """The page draws its fields itself: there is one form for each lane, and one for each question."""

    lane = forms.ChoiceField(choices=Message.Lane.choices)
    text = LinesFormField(max_length=MAX_MESSAGE)
    answer_to = forms.UUIDField(required=False)

"""The form for messages, with the same limits as the API."""

from __future__ import annotations

from django import forms

from core.text.text_form_fields import LinesFormField
from wishlists.bounds import MAX_MESSAGE
from wishlists.models import Message
from wishlists.web.forms.lists import GuestForm


class TalkForm(GuestForm):
    """Write a message. Templates draw its fields, because a page has a form for each lane and for each question."""

    lane = forms.ChoiceField(choices=Message.Lane.choices)
    text = LinesFormField(max_length=MAX_MESSAGE)
    answer_to = forms.UUIDField(required=False)

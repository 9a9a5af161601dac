"""Messages on the wire."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from core.text.text_fields import LinesField
from wishlists.api.serializers.fields import InputSerializer
from wishlists.bounds import MAX_MESSAGE
from wishlists.models import Message

LANES = Message.Lane.choices
_WHICH = _("Give a lane: givers, or questions (to the recipients).")


class MessageInputSerializer(InputSerializer):
    """A new message. The lane is required, so that messages for givers never reach recipients by accident."""

    lane = serializers.ChoiceField(LANES, required=False, allow_null=True)
    text = LinesField(max_length=MAX_MESSAGE)
    answer_to = serializers.UUIDField(
        required=False, allow_null=True, help_text=_("The id of the question that this answers.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "lane" not in attrs and "answer_to" not in attrs:
            raise serializers.ValidationError({"lane": [ErrorDetail(str(_WHICH), "required")]})
        return attrs


class ToldMessageSerializer(serializers.Serializer[Any]):
    """A message. Only givers get the name of someone who asks, and only if givers' names are shown."""

    id = serializers.UUIDField()
    item_id = serializers.UUIDField()
    lane = serializers.ChoiceField(LANES)
    answer_to = serializers.UUIDField(allow_null=True)
    text = serializers.CharField()
    user_id = serializers.UUIDField(allow_null=True)
    display_name = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class MessageSerializer(ToldMessageSerializer):
    is_me = serializers.BooleanField()

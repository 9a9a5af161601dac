"""Serializers of lists."""

from __future__ import annotations

from rest_framework import serializers

from core.api.unknown_fields import KnownFieldsSerializer
from core.text.text_fields import LineField, RawTextField
from core.time.zone_names import validate_time_zone
from wishlists.access.presets import PRESETS
from wishlists.api.serializers.fields import InputSerializer, OptionalLine, OptionalText, SortNumber
from wishlists.api.serializers.people import MAX_RECIPIENTS
from wishlists.models import Member, Wishlist
from wishlists.projections.who_sees import SEES

MAX_REORDERED = 1_000


class WishlistInputSerializer(InputSerializer):
    emptied = {
        "description": "",
        "due_date": None,
        "reveal_at": None,
        "reveal_on": None,
        "lapse_days": None,
        "recipient_name": "",
    }

    title = LineField(max_length=255)
    description = OptionalText()
    is_public = serializers.BooleanField(required=False, allow_null=True)
    due_date = serializers.DateField(required=False, allow_null=True)
    sort_order = SortNumber(required=False, allow_null=True)
    policy = serializers.ChoiceField(Wishlist.Policy.choices, required=False, allow_null=True)
    reveal_at = serializers.DateTimeField(required=False, allow_null=True)
    names_shown = serializers.BooleanField(required=False, allow_null=True)
    recipient_name = OptionalLine(max_length=80, help_text="Name of the recipient, if they have no account.")
    guests_confirm = serializers.BooleanField(required=False, allow_null=True)
    guests_identify = serializers.BooleanField(
        required=False, allow_null=True, help_text="Guests see what is taken only after they give a name."
    )
    lapse_days = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=365, help_text="null: never"
    )
    secret_additions = serializers.ChoiceField(Wishlist.Additions.choices, required=False, allow_null=True)
    suggestions_from = serializers.ChoiceField(Wishlist.Suggestions.choices, required=False, allow_null=True)
    time_zone = RawTextField(required=False, allow_null=True, max_length=64, validators=[validate_time_zone])
    reveal_on = serializers.DateField(
        required=False,
        allow_null=True,
        help_text="The gifts are revealed at the start of this day in `time_zone`.",
    )


class NewWishlistSerializer(WishlistInputSerializer):
    """Settings that are sent take precedence over those of the preset."""

    preset = serializers.ChoiceField(
        [(preset.name, preset.title) for preset in PRESETS.values()], required=False, allow_null=True
    )
    for_someone_else = serializers.BooleanField(
        required=False,
        allow_null=True,
        help_text="The owner isn't a recipient: they see what is taken and can give.",
    )
    person_ids = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=MAX_RECIPIENTS,
        required=False,
        allow_null=True,
        help_text="Some of your people, for whom the list is instead of you.",
    )


class WishlistChangeSerializer(WishlistInputSerializer):
    title = LineField(max_length=255, required=False, allow_null=True)


class PlaceSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    sort_order = SortNumber()


class ReorderSerializer(KnownFieldsSerializer):
    order = serializers.ListField(child=PlaceSerializer(), max_length=MAX_REORDERED)


class WishlistSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    owner_id = serializers.UUIDField()
    title = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    is_public = serializers.BooleanField()
    sort_order = serializers.IntegerField()
    due_date = serializers.DateField(allow_null=True)
    policy = serializers.ChoiceField(Wishlist.Policy.choices)
    recipients_see = serializers.ChoiceField(
        SEES,
        help_text="What recipients can see of gifts right now. It depends on `policy` and the reveal.",
    )
    reveal_at = serializers.DateTimeField(allow_null=True)
    names_shown = serializers.BooleanField()
    recipient_name = serializers.CharField(allow_null=True)
    guests_confirm = serializers.BooleanField()
    guests_identify = serializers.BooleanField()
    lapse_days = serializers.IntegerField(allow_null=True)
    secret_additions = serializers.ChoiceField(Wishlist.Additions.choices)
    suggestions_from = serializers.ChoiceField(Wishlist.Suggestions.choices)
    time_zone = serializers.CharField()
    reveal_on = serializers.DateField(allow_null=True)
    revealed_at = serializers.DateTimeField(
        allow_null=True, help_text="When the gifts were revealed to everyone on the list."
    )
    my_role = serializers.ChoiceField(
        Member.Role.choices, allow_null=True, help_text="null: not a member; the list is public"
    )
    i_am_recipient = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CountedWishlistSerializer(WishlistSerializer):
    items_count = serializers.IntegerField()
    purchased_count = serializers.IntegerField(help_text="As far as you can see it.")


class DeleteImpactSerializer(serializers.Serializer):
    shared_with_count = serializers.IntegerField()
    contributors_count = serializers.IntegerField(help_text="0 for people who can't see contributions.")


class PresetSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    settings = serializers.DictField(help_text="Fields of POST /wishlists.")


class ActivitySerializer(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    user_id = serializers.UUIDField(allow_null=True)
    item_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()

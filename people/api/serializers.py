"""Serializers of people."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.input_serializers import InputSerializer, OptionalLines
from core.api.unknown_fields import KnownFieldsSerializer
from core.text.text_fields import LineField, RawTextField
from core.text.typed_text import one_line
from people.birthdays import NoBirthday, read_birthday
from people.bounds import MAX_BULK, MAX_REMIND_DAYS, MAX_SIZE, MAX_SIZE_NAME, MAX_SIZES, MAX_TEXT
from people.models import MAX_NAME

SIZES_FORM = _("Send at most 20 sizes, each with a name of up to 30 characters.")


class BirthdayField(RawTextField):
    """`1950-05-12`, or `--05-12` if the year is unknown."""

    default_error_messages = {
        "not_a_birthday": _(
            "Enter a day such as 1950-05-12, or --05-12 without a year. It can't be in the future."
        )
    }

    def to_internal_value(self, data: Any) -> str:
        typed = super().to_internal_value(data)
        if not typed:
            return ""
        try:
            return str(read_birthday(typed, today=timezone.localdate()))
        except NoBirthday:
            self.fail("not_a_birthday")


class SizesField(serializers.DictField):
    """Sizes by name, such as `{"Shoes": "42"}`. Blank ones are left out."""

    child = LineField(max_length=MAX_SIZE, allow_blank=True)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        given: dict[str, str] = super().to_internal_value(data)
        sizes = {one_line(name): size for name, size in given.items() if size}
        if len(sizes) > MAX_SIZES or any(not name or len(name) > MAX_SIZE_NAME for name in sizes):
            raise serializers.ValidationError(SIZES_FORM, code="bad_sizes")
        return sizes


class PersonInputSerializer(InputSerializer):
    emptied = {
        "birthday": "",
        "sizes": {},
        "likes": "",
        "dislikes": "",
        "notes": "",
        "remind_days": None,
        "user_id": None,
    }

    name = LineField(max_length=MAX_NAME)
    birthday = BirthdayField(
        max_length=10,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text=_("A day such as 1950-05-12, or --05-12 without a year."),
    )
    sizes = SizesField(required=False, allow_null=True)
    likes = OptionalLines(max_length=MAX_TEXT)
    dislikes = OptionalLines(max_length=MAX_TEXT)
    notes = OptionalLines(max_length=MAX_TEXT)
    remind_days = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MAX_REMIND_DAYS,
        help_text=_("How many days before the birthday you are reminded. null: never"),
    )
    user_id = serializers.UUIDField(
        required=False, allow_null=True, help_text=_("Their account, if they have one.")
    )


class PersonChangeSerializer(PersonInputSerializer):
    name = LineField(max_length=MAX_NAME, required=False, allow_null=True)


class PeopleInputSerializer(KnownFieldsSerializer):
    items = PersonInputSerializer(many=True, allow_empty=False, max_length=MAX_BULK)  # type: ignore[call-arg]


class PartialInputSerializer(KnownFieldsSerializer):
    """Like `PeopleInputSerializer`, but each person is checked by itself."""

    items = serializers.ListField(child=serializers.JSONField(), allow_empty=False, max_length=MAX_BULK)


class IdsSerializer(KnownFieldsSerializer):
    ids = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=MAX_BULK)


class KnownPersonSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    birthday = serializers.CharField(
        allow_null=True, help_text=_("A day such as 1950-05-12, or --05-12 without a year.")
    )
    sizes = serializers.DictField(child=serializers.CharField())
    likes = serializers.CharField(allow_null=True)
    dislikes = serializers.CharField(allow_null=True)
    notes = serializers.CharField(allow_null=True)
    remind_days = serializers.IntegerField(allow_null=True)
    user_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    wishlists = serializers.ListField(
        child=serializers.UUIDField(), help_text=_("Lists for this person that you can open.")
    )


class FailedPersonSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    errors = serializers.ListField(child=serializers.DictField())  # type: ignore[assignment]


class AddedPeopleSerializer(serializers.Serializer[Any]):
    created = KnownPersonSerializer(many=True)
    failed = FailedPersonSerializer(many=True, required=False)


class DeletedSerializer(serializers.Serializer[Any]):
    deleted = serializers.IntegerField()

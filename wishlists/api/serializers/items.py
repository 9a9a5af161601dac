"""Serializers of items."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from core.money.money_fields import CurrencyField, MoneyField, validate_money
from core.text.text_fields import LineField
from wishlists.api.serializers.fields import (
    InputSerializer,
    OptionalText,
    SortNumber,
    WebAddress,
    WebAddresses,
)
from wishlists.bounds import MAX_MESSAGE, MAX_QUANTITY
from wishlists.models import Item
from wishlists.projections.items import SEVERAL, addresses
from wishlists.services.status import STATUSES


class ItemInputSerializer(InputSerializer):
    """What an item says. null empties an optional field."""

    # After validation, the price is `price_minor`, in the minor unit of `currency`.

    emptied = {
        "description": "",
        "link_url": "",
        "image_url": "",
        "links": [],
        "image_urls": [],
        "price": None,
        "quantity": None,
        "choice": None,
    }

    title = LineField(max_length=512)
    description = OptionalText()
    link_url = WebAddress()
    image_url = WebAddress()
    links = WebAddresses(help_text="The first one is `link_url`. Takes precedence over `link_url`.")
    image_urls = WebAddresses(help_text="The first one is `image_url`. Takes precedence over `image_url`.")
    price = MoneyField(required=False, allow_null=True)
    currency = CurrencyField(required=False, allow_null=True, allow_blank=True)
    position = SortNumber(required=False, allow_null=True)
    quantity = serializers.IntegerField(
        min_value=1, max_value=MAX_QUANTITY, required=False, allow_null=True, help_text="null: any number"
    )
    choice = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="Items of a list with the same value are alternatives. Once one is reserved, the others are unavailable.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Validate the price in its currency: the one that is sent, else the item's, else the site's."""
        attrs = {name: value for name, value in attrs.items() if name != "currency" or value}
        item = self.instance if isinstance(self.instance, Item) else None
        known = item.currency if item else settings.DEFAULT_CURRENCY
        attrs = validate_money(
            attrs, "price", "currency", known, current_minor=item.price_minor if item else None
        )
        if "price" in attrs:
            attrs["price_minor"] = attrs.pop("price")
        for several, (first, more) in SEVERAL.items():
            wanted = attrs.pop(several, None)
            known_ones = addresses(vars(item), first, more) if item else []
            if wanted is not None and wanted != known_ones:
                attrs |= {first: wanted[0] if wanted else "", more: wanted[1:]}
        return attrs


class NewItemSerializer(ItemInputSerializer):
    secret = serializers.BooleanField(
        required=False,
        allow_null=True,
        help_text="Only givers can see it. Members who aren't editors can only add secret items.",
    )


class DraftSerializer(ItemInputSerializer):
    title = LineField(max_length=512, required=False, allow_null=True)


class GivingSerializer(InputSerializer):
    """Change what you do about an item."""

    emptied = {"reservation_message": ""}

    reservation_status = serializers.ChoiceField(STATUSES, required=False, allow_null=True)
    reservation_message = OptionalText(max_length=MAX_MESSAGE)


class ItemChangeSerializer(ItemInputSerializer, GivingSerializer):
    """Edit an item and change what you do about it, in one request."""

    emptied = ItemInputSerializer.emptied | GivingSerializer.emptied

    title = LineField(max_length=512, required=False, allow_null=True)


class ShelfSerializer(serializers.Serializer):
    """A query."""

    archived = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="true: only received items; false: only others; absent: all.",
    )


class ItemSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    wishlist_id = serializers.UUIDField()
    title = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    link_url = serializers.CharField(allow_null=True)
    image_url = serializers.CharField(allow_null=True)
    links = serializers.ListField(child=serializers.CharField(), help_text="All links, `link_url` first.")
    image_urls = serializers.ListField(
        child=serializers.CharField(), help_text="All pictures, `image_url` first."
    )
    price = MoneyField(allow_null=True)
    currency = CurrencyField()
    position = serializers.IntegerField()
    quantity = serializers.IntegerField(allow_null=True, help_text="null: any number")
    choice = serializers.UUIDField(allow_null=True)
    reservation_status = serializers.ChoiceField(STATUSES)
    units_free = serializers.IntegerField(allow_null=True)
    reserved_by_id = serializers.UUIDField(allow_null=True)
    reserved_by_name = serializers.CharField(allow_null=True)
    reserved_at = serializers.DateTimeField(allow_null=True)
    reservation_message = serializers.CharField(allow_null=True)
    contributed_total = MoneyField()
    contributed_pledged = MoneyField()
    contributed_paid = MoneyField()
    contributed_currency = CurrencyField(
        help_text="The currency of the three totals. Contributions keep it when the item's currency changes."
    )
    contributed_by_id = serializers.UUIDField(
        allow_null=True, help_text="The person who added it, if it wasn't the owner."
    )
    is_secret = serializers.BooleanField(
        help_text="Added by a giver for givers. Recipients see it after the reveal, the public never."
    )
    received_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ConflictSerializer(serializers.Serializer):
    """The item was taken meanwhile. Unless a client accepts `application/problem+json`, `detail` is an object."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.JSONField()
    code = serializers.CharField()
    instance = serializers.CharField()
    current_item = ItemSerializer(allow_null=True, required=False)

"""Places in line on the wire."""

from __future__ import annotations

from rest_framework import serializers

from wishlists.api.serializers.items import ItemSerializer


class PlaceSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    item_id = serializers.UUIDField()
    wishlist_id = serializers.UUIDField()
    wishlist_title = serializers.CharField()
    item = ItemSerializer()
    ahead = serializers.IntegerField(help_text="The number of people ahead of you.")
    held_until = serializers.DateTimeField(
        allow_null=True, help_text="It's your turn: the item is held for you until then."
    )
    reservation_id = serializers.UUIDField(
        allow_null=True,
        help_text="The reservation that is held for you. Accept or cancel it like any reservation.",
    )
    created_at = serializers.DateTimeField()

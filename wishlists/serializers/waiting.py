"""Places in line on the wire."""

from __future__ import annotations

from rest_framework import serializers

from wishlists.serializers.items import ItemSerializer


class PlaceSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    item_id = serializers.UUIDField()
    wishlist_id = serializers.UUIDField()
    wishlist_title = serializers.CharField()
    item = ItemSerializer()
    ahead = serializers.IntegerField(help_text="How many came to this line earlier, and still wait.")
    created_at = serializers.DateTimeField()

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
    ahead = serializers.IntegerField(help_text="How many came to this line earlier, and still wait.")
    held_until = serializers.DateTimeField(
        allow_null=True, help_text="Your turn has come: until then it is held for you."
    )
    reservation_id = serializers.UUIDField(
        allow_null=True, help_text="What is held for you: to be taken up, or given back, as a reservation."
    )
    created_at = serializers.DateTimeField()

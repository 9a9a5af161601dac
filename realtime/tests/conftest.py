"""Fixtures for tests of streams: which events were appended to a stream, and since when."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db.models import Max

from accounts.models import User
from realtime.log.streams import inbox_key, list_key
from realtime.models import Event, Stream
from wishlists.models import Wishlist
from wishlists.models.viewers import Audience

Frame = dict[str, Any]


class PushedFrames:
    """The frames that were appended since this object was made, by stream."""

    def __init__(self) -> None:
        self.since = Event.objects.aggregate(last=Max("pk"))["last"] or 0

    def on(self, key: str) -> list[Frame]:
        rows = Event.objects.filter(stream__key=key, pk__gt=self.since).order_by("seq")
        return [json.loads(frame) for frame in rows.values_list("frame", flat=True)]

    def to(self, audience: Audience, wishlist: Wishlist) -> list[Frame]:
        return self.on(list_key(wishlist.pk, audience))

    def names(self, wishlist: Wishlist) -> dict[str, list[str]]:
        """Return the names of the events for each audience."""
        return {audience: [frame["event"] for frame in self.to(audience, wishlist)] for audience in Audience}

    def inbox(self, user: User) -> list[Frame]:
        return self.on(inbox_key(user.pk))


@pytest.fixture
def pushed(request: pytest.FixtureRequest) -> PushedFrames:
    """Record events from here on. The cast and the list, if a test uses them, already exist."""
    for name in ("item", "wishlist", "charlie", "bob", "alice"):
        if name in request.fixturenames:
            request.getfixturevalue(name)
    return PushedFrames()


def epoch_of(wishlist: Wishlist, audience: Audience) -> str:
    return Stream.objects.get(key=list_key(wishlist.pk, audience)).epoch

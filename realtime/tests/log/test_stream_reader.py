"""What readers of a stream get."""

from __future__ import annotations

from typing import Any

import pytest

from realtime.log import stream_reader
from realtime.log.stream_reader import read_snapshot
from realtime.log.streams import append, list_key, position_of
from wishlists.models import Wishlist
from wishlists.models.viewers import Audience
from wishlists.projections.wishlists import project_wishlist


@pytest.mark.django_db
def test_event_that_comes_while_a_snapshot_is_read_comes_after_its_position(
    wishlist: Wishlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The snapshot may or may not show the event already, so it is sent again."""
    key = list_key(wishlist.pk, Audience.GIVER)
    before = position_of(key)

    def read_while_somebody_writes(read: Wishlist) -> dict[str, Any]:
        append({key: [{"event": "list_updated"}]})
        return project_wishlist(read)

    monkeypatch.setattr(stream_reader, "project_wishlist", read_while_somebody_writes)
    snapshot = read_snapshot(key, wishlist.pk, Audience.GIVER)
    assert snapshot.position == before
    assert position_of(key).seq == before.seq + 1

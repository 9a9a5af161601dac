"""A subscription asks again after joining which audience its socket belongs to."""

from __future__ import annotations

import json
import uuid
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest

from accounts.models import User
from realtime.access import Person, Way
from realtime.delivery.hub import Hub
from realtime.delivery.membership import Membership
from realtime.delivery.subscriptions import ListSubscription
from realtime.log.streams import list_key
from realtime.models import Stream
from wishlists.models import Member, Wishlist
from wishlists.models.viewers import Audience


def socket_writing_to(written: list[str]) -> Any:
    send_queue = SimpleNamespace(write=written.append, write_all=written.extend)
    return SimpleNamespace(send_queue=send_queue, spend=lambda length: None)


@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
async def test_giver_who_becomes_a_recipient_before_joining_follows_the_recipients_stream(
    wishlist: Wishlist, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listened when the role changed, so no access check has moved the socket."""
    monkeypatch.setattr(Membership, "join", AsyncMock())
    hub, written = Hub(), list[str]()
    assert bob.tenant_id is not None
    way = Way(wishlist.pk, Person(bob.pk, bob.tenant_id, uuid.uuid4()))
    subscription = ListSubscription(hub, socket_writing_to(written), way, Audience.GIVER)
    await Member.objects.filter(wishlist=wishlist, user=bob).aupdate(is_recipient=True)
    await subscription.start(None, None)
    recipients = list_key(wishlist.pk, Audience.RECIPIENT)
    stream = await Stream.objects.aget(key=recipients)
    assert (subscription.key, list(hub.groups)) == (recipients, [recipients])
    assert [json.loads(text)["epoch"] for text in written] == [stream.epoch]

"""Hints are sent after the commit, from any thread, and never delay a write (G7)."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.db import transaction
from pytest_django import Settings

from realtime.delivery import membership
from realtime.delivery.membership import Membership
from realtime.log import hints
from wishlists.models import Item

PATIENCE = 60.0
"""Seconds after which a step counts as stuck rather than slow on a busy machine."""

IN_MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


def redis_at(port: int) -> dict[str, Any]:
    hosts = [f"redis://127.0.0.1:{port}/0"]
    return {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": hosts}}
    }


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without a server's loop and without a remembered failure."""
    monkeypatch.setattr(hints, "_server", {})
    monkeypatch.setattr(hints, "_pending", {})
    monkeypatch.setattr(hints, "_tasks", set())
    monkeypatch.setattr(hints, "_silent_until", 0.0)


@pytest.fixture
def frozen_redis(settings: Settings) -> Iterator[int]:
    """Return the address of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        port = frozen.getsockname()[1]
        settings.CHANNEL_LAYERS = redis_at(port)
        yield port


def write(item: Item) -> None:
    item.title += "!"
    item.save(update_fields=["title"])


def seconds_of_a_write(item: Item) -> float:
    start = time.monotonic()
    write(item)
    return time.monotonic() - start


@pytest.mark.django_db(transaction=True)
def test_frozen_redis_fails_no_write_and_delays_one_by_a_second_at_most(
    item: Item, frozen_redis: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a bound it would wait for ever. The second write doesn't even try."""
    monkeypatch.setattr(hints, "SILENT_SECONDS", 3600.0)
    assert hints.SECONDS <= 1
    assert seconds_of_a_write(item) < PATIENCE
    tried: list[object] = []

    async def deliver(messages: hints.Messages) -> None:
        tried.append(messages)

    monkeypatch.setattr(hints, "_deliver", deliver)
    write(item)
    assert tried == []
    item.refresh_from_db()
    assert item.title == "Kettle!!"


@pytest.mark.django_db(transaction=True)
def test_write_succeeds_when_redis_is_down(item: Item, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.CHANNEL_LAYERS = redis_at(closed.getsockname()[1])
    write(item)
    item.refresh_from_db()
    assert item.title == "Kettle!"


@pytest.mark.django_db(transaction=True)
def test_rollback_sends_no_hint(item: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr(hints, "_send", sent.append)
    with transaction.atomic():
        write(item)
        assert sent == []
        transaction.set_rollback(True)
    assert sent == []
    item.refresh_from_db()
    write(item)
    assert len(sent) == 1


@pytest.mark.asyncio
async def test_in_memory_layer_gets_a_hint_from_another_thread_at_once(
    settings: Settings,
) -> None:
    """The layer lives in one loop. A send from another thread would arrive seconds late (trap 3)."""
    settings.CHANNEL_LAYERS = IN_MEMORY
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add("list.x", channel)
    hints.use_loop(asyncio.get_running_loop())
    await asyncio.to_thread(hints._send, [("list.x", {"type": "stream.hint", "key": "list.x", "head": 1})])
    hint = await asyncio.wait_for(layer.receive(channel), PATIENCE)
    assert hint == {"type": "stream.hint", "key": "list.x", "head": 1}


def a_hint(key: str, head: int) -> tuple[str, dict[str, Any]]:
    return key, {"type": "stream.hint", "key": key, "head": head}


class SlowLayer:
    """Takes the place of `_deliver`: it keeps what it is given, and holds the first until `opened` is set."""

    def __init__(self) -> None:
        self.given: list[hints.Messages] = []
        self.opened = asyncio.Event()

    async def deliver(self, messages: hints.Messages) -> None:
        self.given.append(messages)
        await self.opened.wait()


async def _while_the_layer_is_slow(
    monkeypatch: pytest.MonkeyPatch, *later: hints.Messages
) -> list[hints.Messages]:
    """Send one hint, then `later` while that one is on its way, from another thread as requests do. Return what the layer
    got."""
    layer = SlowLayer()
    monkeypatch.setattr(hints, "_deliver", layer.deliver)
    hints.use_loop(asyncio.get_running_loop())
    await asyncio.to_thread(hints._send, [a_hint("list.x", 1)])
    async with asyncio.timeout(PATIENCE):
        while not layer.given:
            await asyncio.sleep(0)
        for messages in later:
            await asyncio.to_thread(hints._send, messages)  # returns, although the layer answers nobody
        layer.opened.set()
        while hints._tasks or hints._pending:
            await asyncio.sleep(0)
    return layer.given


@pytest.mark.asyncio
async def test_hints_that_come_while_others_are_sent_become_one_a_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later = [[a_hint("list.x", 2), a_hint("list.y", 1)], [a_hint("list.x", 3)]]
    given = await _while_the_layer_is_slow(monkeypatch, *later)
    assert given == [[a_hint("list.x", 1)], [a_hint("list.x", 3), a_hint("list.y", 1)]]


@pytest.mark.asyncio
async def test_hints_with_an_event_are_all_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a hub (`REALTIME_FANOUT=channels`) the event goes with the hint."""
    events = [
        (key, message | {"event": message["head"]}) for key, message in (a_hint("x", 2), a_hint("x", 3))
    ]
    assert await _while_the_layer_is_slow(monkeypatch, *[[one] for one in events]) == [
        [a_hint("list.x", 1)],
        events,
    ]


@pytest.mark.asyncio
async def test_pending_hints_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "MOST_PENDING", 3)
    later = [[a_hint(f"list.{number}", 1)] for number in range(10)] + [[a_hint("list.0", 2)]]
    _, rest = await _while_the_layer_is_slow(monkeypatch, *later)
    assert rest == [a_hint("list.0", 2), a_hint("list.1", 1), a_hint("list.2", 1)]


@pytest.mark.asyncio
async def test_hints_that_a_stopped_loop_left_do_not_block_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stopped = asyncio.new_event_loop()
    hints.use_loop(stopped)
    hints._put([a_hint("list.x", 1)])
    stopped.close()
    assert await _while_the_layer_is_slow(monkeypatch) == [[a_hint("list.x", 1)]]


@pytest.mark.asyncio
async def test_hub_survives_a_channel_layer_that_is_away(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, frozen_redis: int
) -> None:
    """Joining is bounded. As soon as a layer answers, the group is joined."""
    monkeypatch.setattr(membership, "JOIN_SECONDS", 0.1)
    monkeypatch.setattr(membership, "TRY_SECONDS", 0.2)
    monkeypatch.setattr(membership, "AGAIN_SECONDS", 0.05)
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    member = Membership(heard.put_nowait)
    keeper = asyncio.create_task(member.keep())
    try:
        await asyncio.wait_for(member.join("list.x"), PATIENCE)
        settings.CHANNEL_LAYERS = IN_MEMORY
        layer = get_channel_layer()
        async with asyncio.timeout(PATIENCE):
            while not layer.groups:
                await asyncio.sleep(0.01)
        await layer.group_send("list.x", {"type": "stream.hint", "key": "list.x", "head": 1})
        assert (await asyncio.wait_for(heard.get(), PATIENCE))["head"] == 1
        member.leave("list.x")
        async with asyncio.timeout(PATIENCE):
            while layer.groups:
                await asyncio.sleep(0.01)
    finally:
        keeper.cancel()

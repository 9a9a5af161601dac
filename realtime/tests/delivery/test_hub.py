"""The hub writes each event once and in order, as ready text. If it cannot hand on an event, the listener reads for
itself."""

from __future__ import annotations

import pytest

from realtime.delivery.hub import Group, Hub
from realtime.log.stream_reader import StreamUpdate


class FakeListener:
    """A listener that records what it is sent."""

    def __init__(self, epoch: str, seq: int) -> None:
        self.key, self.epoch, self.seq = "list.x", epoch, seq
        self.heard: list[str] = []
        self.recovering = False

    def write(self, text: str) -> None:
        self.heard.append(text)

    def recover(self) -> None:
        self.recovering = True


def group_at(seq: int, *listeners: FakeListener) -> Group:
    group = Group()
    group.epoch, group.seq = "e", seq
    group.live = set(listeners)
    return group


def update(*numbers: int, epoch: str = "e", head: int | None = None) -> StreamUpdate:
    return StreamUpdate("list.x", epoch, head or numbers[-1], [(seq, f"#{seq}") for seq in numbers])


def test_new_events_go_to_every_listener_once() -> None:
    level, ahead = FakeListener("e", 3), FakeListener("e", 5)
    group = group_at(3, level, ahead)
    group.apply(update(4, 5, 6))
    assert (level.heard, level.seq) == (["#4", "#5", "#6"], 6)
    assert (ahead.heard, ahead.seq) == (["#6"], 6)
    assert group.seq == 6


def test_events_of_an_incomplete_read_are_delivered() -> None:
    listener = FakeListener("e", 3)
    group = group_at(3, listener)
    group.apply(update(4, 5, head=9))
    assert (listener.heard, group.seq, listener.recovering) == (["#4", "#5"], 5, False)


@pytest.mark.parametrize(
    "update_read",
    [
        update(5, 6),
        update(4, 6),
        update(4, 5, epoch="other"),
        StreamUpdate("list.x", "e", 2, []),
        StreamUpdate("list.x", "e", 9, []),
    ],
    ids=["pruned", "torn", "another epoch", "rewound", "all pruned"],
)
def test_listeners_read_for_themselves_after_a_gap(update_read: StreamUpdate) -> None:
    listener = FakeListener("e", 3)
    group = group_at(3, listener)
    group.apply(update_read)
    assert listener.recovering
    assert listener.heard == []
    assert not group.live
    assert (group.epoch, group.seq) == (update_read.epoch, update_read.head)


def test_listener_that_is_up_to_date_need_not_read_again() -> None:
    listener = FakeListener("new", 7)
    group = group_at(3, listener)
    group.apply(StreamUpdate("list.x", "new", 7, []))
    assert not listener.recovering
    assert listener in group.live


def hub_at(seq: int) -> Hub:
    hub = Hub()
    hub.groups["list.x"] = group_at(seq)
    return hub


@pytest.mark.parametrize(
    "behind",
    [FakeListener("e", 4), FakeListener("older", 5), FakeListener("older", 9)],
    ids=lambda listener: f"{listener.epoch} {listener.seq}",
)
def test_listener_behind_the_hub_does_not_go_live(behind: FakeListener) -> None:
    hub = hub_at(5)
    assert not hub.go_live(behind)
    assert behind not in hub.groups["list.x"].live


@pytest.mark.parametrize("seq", [5, 9])
def test_listener_level_with_the_hub_goes_live(seq: int) -> None:
    hub, listener = hub_at(5), FakeListener("e", seq)
    assert hub.go_live(listener)
    assert listener in hub.groups["list.x"].live


@pytest.mark.parametrize(("head", "looked_at"), [(4, []), (5, ["list.x"]), (6, ["list.x"])])
def test_hint_of_a_known_head_is_looked_at(
    head: int, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream may have a new epoch under the same head."""
    hub, asked = hub_at(5), list[str]()
    monkeypatch.setattr(hub, "hint", asked.extend)
    hub._on_hint({"type": "stream.hint", "key": "list.x", "head": head})
    assert asked == looked_at

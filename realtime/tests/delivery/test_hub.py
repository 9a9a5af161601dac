"""Fan-out: ready text, in order, once; and what cannot be handed on is left to the listener."""

from __future__ import annotations

import pytest

from realtime.delivery.hub import Group, Hub
from realtime.log.stream_reader import News


class Ear:
    """A listener that writes down what it hears."""

    def __init__(self, epoch: str, seq: int) -> None:
        self.key, self.epoch, self.seq = "list.x", epoch, seq
        self.heard: list[str] = []
        self.recovering = False

    def write(self, text: str) -> None:
        self.heard.append(text)

    def recover(self) -> None:
        self.recovering = True


def group_at(seq: int, *ears: Ear) -> Group:
    group = Group()
    group.epoch, group.seq = "e", seq
    group.live = set(ears)
    return group


def news(*numbers: int, epoch: str = "e", head: int | None = None) -> News:
    return News("list.x", epoch, head or numbers[-1], [(seq, f"#{seq}") for seq in numbers])


def test_what_is_new_goes_to_everybody_once() -> None:
    level, ahead = Ear("e", 3), Ear("e", 5)
    group = group_at(3, level, ahead)
    group.apply(news(4, 5, 6))
    assert (level.heard, level.seq) == (["#4", "#5", "#6"], 6)
    assert (ahead.heard, ahead.seq) == (["#6"], 6)
    assert group.seq == 6


def test_a_part_of_what_is_new_is_handed_on_as_far_as_it_goes() -> None:
    ear = Ear("e", 3)
    group = group_at(3, ear)
    group.apply(news(4, 5, head=9))
    assert (ear.heard, group.seq, ear.recovering) == (["#4", "#5"], 5, False)


@pytest.mark.parametrize(
    "told",
    [
        news(5, 6),
        news(4, 6),
        news(4, 5, epoch="other"),
        News("list.x", "e", 2, []),
        News("list.x", "e", 9, []),
    ],
    ids=["pruned", "torn", "another epoch", "rewound", "all pruned"],
)
def test_where_something_is_missing_listeners_read_for_themselves(told: News) -> None:
    ear = Ear("e", 3)
    group = group_at(3, ear)
    group.apply(told)
    assert ear.recovering
    assert ear.heard == []
    assert not group.live
    assert (group.epoch, group.seq) == (told.epoch, told.head)


def test_who_is_there_already_need_not_read_again() -> None:
    ear = Ear("new", 7)
    group = group_at(3, ear)
    group.apply(News("list.x", "new", 7, []))
    assert not ear.recovering
    assert ear in group.live


def hub_at(seq: int) -> Hub:
    hub = Hub()
    hub.groups["list.x"] = group_at(seq)
    return hub


@pytest.mark.parametrize(
    "behind", [Ear("e", 4), Ear("older", 5), Ear("older", 9)], ids=lambda ear: f"{ear.epoch} {ear.seq}"
)
def test_listener_that_has_not_read_what_the_hub_handed_on_does_not_go_live(behind: Ear) -> None:
    hub = hub_at(5)
    assert not hub.go_live(behind)
    assert behind not in hub.groups["list.x"].live


@pytest.mark.parametrize("seq", [5, 9])
def test_listener_that_has_read_as_far_as_the_hub_goes_live(seq: int) -> None:
    hub, listener = hub_at(5), Ear("e", seq)
    assert hub.go_live(listener)
    assert listener in hub.groups["list.x"].live


@pytest.mark.parametrize(("head", "looked_at"), [(4, []), (5, ["list.x"]), (6, ["list.x"])])
def test_hint_of_the_head_that_the_hub_knows_is_looked_at(
    head: int, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream may have a new epoch, which moves no number."""
    hub, asked = hub_at(5), list[str]()
    monkeypatch.setattr(hub, "hint", asked.extend)
    hub._on_hint({"type": "stream.hint", "key": "list.x", "head": head})
    assert asked == looked_at

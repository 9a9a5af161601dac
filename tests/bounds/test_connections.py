"""The table of connections, with a clock that the tests move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.asgi.early_answers import EarlyRefusal
from wishlist_project.launch.servers.connection_bounds import ConnectionBounds
from wishlist_project.launch.servers.connections import (
    CHUNK_FRAMES_ALLOWANCE,
    LINGER_BYTES,
    Connection,
    Connections,
    Refused,
)

pytestmark = pytest.mark.once

BOUNDS = ConnectionBounds(connections=8, connections_per_address=5, over_bound=2, bodies_bytes=25_000)
LARGEST = 10_000
ALICE, BOB, PROXY = "192.0.2.1", "192.0.2.2", "10.0.0.1"


@dataclass
class FakePeer:
    """Records what the table calls."""

    actions: list[str] = field(default_factory=list)
    waiting: int = 0

    def refuse(self, refusal: EarlyRefusal) -> None:
        self.actions.append(refusal.code)

    def close(self) -> None:
        self.actions.append("close")

    def abort(self) -> None:
        self.actions.append("abort")

    def unsent(self) -> int:
        return self.waiting


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table(clock: Clock) -> Connections:
    return Connections(BOUNDS, clock=clock, is_trusted=lambda address: address == PROXY)


def actions_of(connection: Connection) -> list[str]:
    assert isinstance(connection.peer, FakePeer)
    return connection.peer.actions


def opened(table: Connections, address: str = ALICE) -> Connection:
    connection = table.open(FakePeer(), address)
    assert connection is not None
    return connection


def answering(table: Connections, address: str = ALICE) -> Connection:
    connection = opened(table, address)
    connection.request_begins()
    connection.body_begins(LARGEST)
    connection.request_is_whole()
    return connection


def test_slow_headers_do_not_extend_their_deadline(table: Connections, clock: Clock) -> None:
    connection = opened(table)
    for _ in range(20):
        connection.request_begins()
        clock.now += BOUNDS.header_seconds / 20
    table.sweep()
    assert actions_of(connection) == ["request_timeout", "close"]


def test_arriving_body_extends_its_deadline(table: Connections, clock: Clock) -> None:
    slow, fast = opened(table), opened(table)
    for connection in (slow, fast):
        connection.request_begins()
        connection.body_begins(LARGEST)
    fast.body_arrives(BOUNDS.body_bytes_a_second, chunked=False)
    clock.now += BOUNDS.body_seconds + 0.5
    table.sweep()
    assert (actions_of(slow), actions_of(fast)) == (["request_timeout", "close"], [])


def test_idle_connection_is_closed_without_an_answer(table: Connections, clock: Clock) -> None:
    connection = answering(table)
    connection.answered()
    clock.now += BOUNDS.idle_seconds
    table.sweep()
    assert actions_of(connection) == ["close"]


def test_answers_and_open_sockets_have_no_deadline(table: Connections, clock: Clock) -> None:
    waits, socket = answering(table), answering(table)
    socket.upgrades()
    socket.socket_is_open()
    clock.now += 1_000_000
    table.sweep()
    assert (actions_of(waits), actions_of(socket)) == ([], [])


def test_unanswered_handshake_is_aborted(table: Connections, clock: Clock) -> None:
    connection = answering(table)
    connection.upgrades()
    clock.now += 20
    table.sweep()
    assert actions_of(connection) == ["abort"]


def test_client_that_does_not_read_its_answer_is_aborted(table: Connections, clock: Clock) -> None:
    connection = answering(table)
    assert isinstance(connection.peer, FakePeer)
    connection.peer.waiting = 1_000
    for _ in range(3):
        table.sweep()
        clock.now += BOUNDS.answer_seconds * 0.9
        connection.peer.waiting -= 1  # it reads slowly
    assert actions_of(connection) == []
    table.sweep()
    clock.now += BOUNDS.answer_seconds + 1
    table.sweep()
    assert actions_of(connection) == ["abort"]


def test_too_large_body_is_refused(table: Connections) -> None:
    connection = opened(table)
    connection.body_begins(LARGEST)
    connection.body_arrives(LARGEST, chunked=False)
    with pytest.raises(Refused, match="body_too_large"):
        connection.body_arrives(1, chunked=False)


def test_bodies_share_a_limit_and_release_it(table: Connections) -> None:
    held = [opened(table, BOB) for _ in range(3)]
    for connection in held:
        connection.body_begins(LARGEST)
    for connection in held[:2]:
        connection.body_arrives(LARGEST, chunked=False)
    with pytest.raises(Refused, match="too_busy"):
        held[2].body_arrives(LARGEST, chunked=False)
    held[0].request_is_whole()
    held[0].answered()
    for connection in held[1:]:
        connection.is_closed()
    assert table.body_bytes == 0


def test_many_tiny_chunks_are_refused_and_normal_ones_accepted(table: Connections) -> None:
    sensible, tiny = opened(table), opened(table)
    for connection in (sensible, tiny):
        connection.body_begins(LARGEST)
    for _ in range(50):
        sensible.body_arrives(100, chunked=True)
    for _ in range(CHUNK_FRAMES_ALLOWANCE // 4):
        tiny.body_arrives(1, chunked=True)
    with pytest.raises(Refused, match="malformed_request"):
        tiny.body_arrives(1, chunked=True)


def test_address_at_its_limit_replaces_its_longest_waiting_connection(
    table: Connections, clock: Clock
) -> None:
    others = opened(table, BOB)
    mine = [opened(table) for _ in range(BOUNDS.connections_per_address)]
    clock.now += 0.1
    mine[0].request_begins()
    newest = opened(table)
    assert not newest.over_bound
    assert [actions_of(connection) for connection in (*mine[:3], others)] == [[], ["close"], [], []]
    assert len(table) == BOUNDS.connections_per_address + 1


def test_replaced_connection_that_does_not_read_is_aborted(table: Connections) -> None:
    """A graceful close could wait forever, and the table would no longer check it."""
    mine = [opened(table) for _ in range(BOUNDS.connections_per_address)]
    assert isinstance(mine[0].peer, FakePeer)
    mine[0].peer.waiting = 1_000
    opened(table)
    assert actions_of(mine[0]) == ["close", "abort"]


def test_connection_in_use_is_never_replaced(table: Connections, clock: Clock) -> None:
    mine = [answering(table) for _ in range(BOUNDS.connections_per_address)]
    clock.now += 10
    newest = opened(table)
    assert newest.over_bound
    refusal = newest.is_refused(b"/lists")
    assert refusal is not None
    assert (refusal.status, refusal.code) == (503, "too_many_connections")
    assert not any(actions_of(connection) for connection in mine)


def test_health_is_answered_beyond_the_limit_and_then_closed(table: Connections) -> None:
    for _ in range(BOUNDS.connections_per_address):
        answering(table)
    watcher = answering(table)
    assert watcher.is_refused(b"/health") is None
    watcher.answered()
    assert actions_of(watcher) == ["close"]


def test_further_connections_beyond_the_limit_are_closed_at_once(table: Connections) -> None:
    for _ in range(BOUNDS.connections_per_address):
        answering(table)
    assert [answering(table).over_bound for _ in range(BOUNDS.over_bound)] == [True] * BOUNDS.over_bound
    assert table.open(FakePeer(), ALICE) is None
    assert table.open(FakePeer(), BOB) is not None


def test_slot_for_a_refusal_never_becomes_a_normal_connection(table: Connections, clock: Clock) -> None:
    """A waiting connection beyond the limit is replaced by another one, which is beyond the limit too."""
    for _ in range(BOUNDS.connections_per_address):
        answering(table)
    for _ in range(20):
        clock.now += 1
        assert opened(table).over_bound


def test_total_is_limited_and_only_waiting_connections_are_replaced(table: Connections, clock: Clock) -> None:
    for number in range(BOUNDS.connections):
        opened(table, f"192.0.2.{number}")
    assert opened(table, "198.51.100.1").over_bound
    clock.now += 1
    assert not opened(table, "198.51.100.2").over_bound


def test_trusted_proxy_is_exempt_from_the_limit_per_address(table: Connections) -> None:
    taken = [answering(table, PROXY) for _ in range(BOUNDS.connections)]
    assert not any(connection.over_bound for connection in taken)
    assert answering(table, PROXY).over_bound


def test_dropped_bytes_after_an_answer_are_limited(table: Connections) -> None:
    connection = opened(table)
    connection.closes()
    connection.drops(LINGER_BYTES)
    assert actions_of(connection) == []
    connection.drops(1)
    assert actions_of(connection) == ["abort"]


class Churn(RuleBasedStateMachine):
    """Connections do anything in any order: the counts stay right, and nothing leaks."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.table = Connections(BOUNDS, clock=self.clock, is_trusted=lambda address: address == PROXY)
        self.mine: list[Connection] = []

    @rule(address=st.sampled_from([ALICE, BOB, PROXY]))
    def open(self, address: str) -> None:
        if connection := self.table.open(FakePeer(), address):
            self.mine.append(connection)

    @precondition(lambda self: self.mine)
    @rule(
        data=st.data(),
        step=st.sampled_from(
            [
                "request_begins",
                "request_is_whole",
                "answered",
                "upgrades",
                "socket_is_open",
                "closes",
            ]
        ),
    )
    def step(self, data: st.DataObject, step: str) -> None:
        do: Callable[[], None] = getattr(data.draw(st.sampled_from(self.mine)), step)
        do()

    @precondition(lambda self: self.mine)
    @rule(data=st.data())
    def begin_body(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.mine)).body_begins(LARGEST)

    @precondition(lambda self: self.mine)
    @rule(data=st.data(), length=st.integers(0, 12_000))
    def receive(self, data: st.DataObject, length: int) -> None:
        connection = data.draw(st.sampled_from(self.mine))
        try:
            connection.body_arrives(length, chunked=False)
        except Refused:
            connection.closes()

    @precondition(lambda self: self.mine)
    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        self.mine.remove(lost := data.draw(st.sampled_from(self.mine)))
        lost.is_closed()

    @rule(seconds=st.floats(0, 100))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds
        self.table.sweep()

    @invariant()
    def nothing_is_past_its_bound(self) -> None:
        assert len(self.table) <= BOUNDS.connections + BOUNDS.over_bound

    def teardown(self) -> None:
        for connection in self.mine:
            connection.is_closed()
        assert (len(self.table), self.table.body_bytes) == (0, 0)
        assert vars(self.table)["_waiting"] == {None: {}}
        assert not vars(self.table)["_of_address"]
        assert vars(self.table)["_over_bound"] == 0


TestChurn = Churn.TestCase
TestChurn.settings = hypothesis_settings(max_examples=60, stateful_step_count=40, deadline=None)

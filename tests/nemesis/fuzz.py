"""Make frames that nobody should send: well-formed ones with wrong contents, mangled ones, and bytes that are no
frame."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

from tests.nemesis.actors.raw import BINARY, PING, TEXT, masked

FINAL = 0x80
WELL_FORMED = 0.98
"""The share of well-formed frames. By the protocol, all others end the socket."""

LIKELY = 0.9
EVENTS = ["auth", *["subscribe", "subscribe_public", "unsubscribe", "ack", "ping", "pong"] * 4]
FIELDS = ["access_token", "wishlist_id", "public_token", "epoch", "since", "seq", "ts", "event", "__class__"]
ODD: list[Any] = [
    None, True, False, 0, -1, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, -(2**63), 10**40, 1.5, -0.0, 1e308,
    "", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "é", "😀" * 50, "x" * 5_000, "null", "0", "-1", "a.b.c",
    "../../etc/passwd", "' OR 1=1 --", "%s%n", "{}", [], {}, [[]], [None], {"a": {"b": []}}, [0] * 500,
    "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-00000000000}", "urn:uuid:" + "0" * 27,
]  # fmt: skip


class Fuzzer:
    """`known` holds valid values by field, so that many frames pass the first checks."""

    def __init__(self, seed: int, known: Mapping[str, str]) -> None:
        self._dice = random.Random(seed)
        self._known = known
        self._kinds: list[Callable[[], str]] = [*[self._odd] * 10, self._mangled, self._json, self._nested]

    def frame(self) -> bytes:
        if self._dice.random() > WELL_FORMED:
            return self._illegal()
        # A lone surrogate travels as a JSON escape. In UTF-8 it would not be valid text.
        return masked(self._dice.choice(self._kinds)().encode(errors="replace"))

    def _odd(self) -> str:
        """Return a valid message with invalid values."""
        message: dict[str, Any] = dict(self._known) if self._dice.random() < LIKELY else {}
        message |= {name: self._value() for name in self._dice.sample(FIELDS, self._dice.randrange(4))}
        return json.dumps(message | {"event": self._event()})

    def _event(self) -> Any:
        return self._dice.choice(EVENTS) if self._dice.random() < LIKELY else self._value()

    def _value(self) -> Any:
        return self._dice.choice(ODD)

    def _mangled(self) -> str:
        """Return a valid message with a few characters changed."""
        text = list(self._odd())
        for _ in range(self._dice.randrange(3)):
            text[self._dice.randrange(len(text))] = self._dice.choice('\0"{}[],:\\é0 ')
        # If half of these had their end cut off, they would be invalid JSON, and five of those end the socket.
        return "".join(text) if self._dice.random() < 0.3 else self._odd()

    def _json(self) -> str:
        """Return JSON, an object in four of five cases."""
        value = self._value()
        return json.dumps({"event": value, "event ": value} if self._dice.random() < 0.8 else value)

    def _nested(self) -> str:
        depth = self._dice.choice([2, 30, 200, 3_000])
        inside = self._dice.choice(["[", '{"event":'])
        outside = {"[": "]", '{"event":': "}"}[inside]
        nested = inside * depth + "0" + outside * depth
        return f'{{"event": "subscribe", "wishlist_id": {nested}}}' if self._dice.random() < 0.7 else nested

    def _illegal(self) -> bytes:
        noise = self._dice.randbytes(self._dice.randrange(1, 120))
        return self._dice.choice(
            [
                masked(noise, FINAL | BINARY),
                masked(b"\xff\xfe" + noise),
                masked(noise, TEXT) + masked(noise, FINAL | TEXT),
                masked(noise, FINAL),
                masked(noise, FINAL | self._dice.choice([3, 7, 11, 15])),
                masked(noise, 0xF0 | TEXT),
                masked(bytes(126), FINAL | PING),
                masked(b"{}", mask=False),
                masked(b" " * 65_537),
                masked(b"[" * 60_000),
                noise,
            ]
        )

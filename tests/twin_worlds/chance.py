"""Frozen time, and random values that can be repeated: ids, tokens and nonces are the same in both worlds."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import shake_128
from pathlib import Path

import pytest
import time_machine

BEGINNING = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
STEP = timedelta(minutes=7)

_ROOT = str(Path(__file__).resolve().parents[2])
_HERE = str(Path(__file__).resolve().parent)
"""Frames of this folder are left out, because the two worlds are called from two lines."""
_ENVIRONMENT = os.sep + ".venv" + os.sep


class Chance:
    """The entropy of the process while a world lives. It is a function of the step, of our lines on the stack, and of
    the number of earlier draws there in this step. So a secret draw in one world doesn't shift the values of
    others."""

    def __init__(self, world: str) -> None:
        self._world = world
        self.begin("")

    def begin(self, step: str) -> None:
        self._step = step
        self._drawn: Counter[str] = Counter()

    def bytes(self, number: int) -> bytes:
        place = _lines_of_ours()
        self._drawn[place] += 1
        seed = f"{self._world} {self._step} {place} {self._drawn[place]}"
        return shake_128(seed.encode()).digest(number)


def _lines_of_ours() -> str:
    """Return our lines on the stack. The callers matter, because one line serves notifications of everybody and those
    of givers alone."""
    frame, lines = sys._getframe(2), list[str]()
    while frame.f_back is not None:
        name = frame.f_code.co_filename
        if lines and name.startswith(_HERE):
            break
        if name.startswith(_ROOT) and _ENVIRONMENT not in name:
            # Relative, so that a script is the same in every checkout.
            lines.append(f"{name.removeprefix(_ROOT)}:{frame.f_lineno}")
        frame = frame.f_back
    return " ".join(lines)


@contextmanager
def same_chance_and_time(world: str) -> Iterator[tuple[Chance, time_machine.Traveller]]:
    """Replace what `uuid` and `secrets` draw from, seeded by `world`."""
    chance = Chance(world)
    patch = pytest.MonkeyPatch()
    with time_machine.travel(BEGINNING, tick=False) as clock:
        patch.setattr(os, "urandom", chance.bytes)
        patch.setattr(random, "_urandom", chance.bytes)
        try:
            yield chance, clock
        finally:
            patch.undo()

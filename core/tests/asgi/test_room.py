"""Calls from a roomy frame never meet with the end of a piece of the stack; others do, somewhere."""

from __future__ import annotations

import resource
import sys
import threading
from collections.abc import Callable

import pytest

from core.asgi.room import with_room

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(sys.implementation.name != "cpython", reason="only CPython has such a stack"),
]

CALLS = 200
DEEP = 400


def leaf() -> None:
    """A call whose frame is larger than the steps by which the depth grows, so that no edge is stepped over."""
    a = b = c = d = e = f = g = h = i = j = k = m = n = o = p = q = r = s = t = u = v = w = x = y = None
    del a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x, y


def faults_here() -> int:
    """How often memory had to be fetched for so many calls at this depth: at an edge, once a call at least."""
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(CALLS):
        leaf()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def worst_of(depths: int) -> int:
    here = faults_here()
    return max(here, worst_of(depths - 1)) if depths else here


@with_room
def roomy() -> int:
    return worst_of(DEEP)


def plain() -> int:
    return worst_of(DEEP)


@pytest.mark.parametrize(
    ("call", "fetches"), [(roomy, False), (plain, True)], ids=["roomy", "control: plain"]
)
def test_whether_some_depth_fetches_at_each_call(call: Callable[[], int], fetches: bool) -> None:
    """On a thread of its own, for how deep the tests themselves are is anybody's guess."""
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    thread.join()
    assert (found[0] >= CALLS) is fetches


def test_what_it_wraps_is_the_same_function() -> None:
    @with_room
    def add(one: int, *, other: int = 2) -> int:
        """Adds."""
        return one + other

    assert (add(1), add(1, other=3), add.__doc__, add.__name__) == (3, 4, "Adds.", "add")

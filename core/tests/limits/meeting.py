"""What the controls of races take: no lock, and a point where threads meet between look and write."""

from __future__ import annotations

from threading import Condition, get_ident


class Unlocked:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


class Counting:
    """A meeting point of threads between look and write: each waits for `many` threads, or for `patience` seconds."""

    def __init__(self, many: int, *, patience: float) -> None:
        self._many = many
        self._patience = patience
        self._here: set[int] = set()
        self._arrived = Condition()

    def meet(self) -> None:
        with self._arrived:
            self._here.add(get_ident())
            self._arrived.notify_all()
            self._arrived.wait_for(lambda: len(self._here) >= self._many, self._patience)

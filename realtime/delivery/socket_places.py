"""Count the sockets of each address and on each link, in one process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

REFUSED_WITH_A_WORD = 50
"""This many sockets past the bound are accepted, to be told 4429. They count until they are gone. Any more get 403
before they are accepted."""


class SocketPlaces:
    """The places of one process. They belong to the event loop, and every place that is taken must be given back."""

    def __init__(self) -> None:
        self._taken: Counter[Hashable] = Counter()

    def __getitem__(self, key: Hashable) -> int:
        return self._taken[key]

    def __len__(self) -> int:
        return len(self._taken)

    def take(self, key: Hashable, most: int) -> bool:
        """Take a place if there is one, and return whether there was."""
        if self._taken[key] >= most:
            return False
        self._taken[key] += 1
        return True

    def leave(self, key: Hashable) -> None:
        self._taken[key] -= 1
        if not self._taken[key]:
            del self._taken[key]

"""Find characters that a database column cannot store. A request that contains one is refused.

PostgreSQL cannot store NUL, and UTF-8 cannot encode lone surrogates. Without the check they would cause a 500 later on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Return whether both databases can store `text`."""
    return _UNSTORABLE.search(text) is None


def are_storable(texts: Iterable[str]) -> bool:
    return all(map(is_storable, texts))

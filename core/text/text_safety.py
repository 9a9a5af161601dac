"""Characters that no database column can hold. Found anywhere in a request, they refuse it as a whole.

PostgreSQL stores no NUL and no encoder writes lone surrogates, so either would otherwise be a 500 far from its cause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether both databases can hold `text`."""
    return _UNSTORABLE.search(text) is None


def are_storable(texts: Iterable[str]) -> bool:
    return all(map(is_storable, texts))

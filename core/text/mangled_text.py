"""Find a token in a text that chats, mail programs or people changed: quoted, wrapped, encoded twice, or with a full stop.

    token_in(text, is_token, length=TOKEN_LENGTH) -> str | None

Nothing is guessed: the token is in the text letter by letter, in its exact case, and `is_token` checks that one of our
secrets signed it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from itertools import chain
from urllib.parse import unquote

from core.http.signed_ids import TOKEN_LENGTH

LONGEST = 400
"""Longer texts, in characters, are not searched."""

_BREAK = re.compile(
    r"=?[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff]+"
)
"""White space and invisible characters, with the = that mail encoding puts before a soft line break."""
_LETTERS = re.compile(r"[A-Za-z0-9_-]+")
_EMPHASIS = 2
"""How many _ and - may surround a token on each side: chats use them for emphasis, as in _this_."""
_SIGNS = frozenset("_-")


def token_in(text: str, is_token: Callable[[str], bool], length: int = TOKEN_LENGTH) -> str | None:
    """Return the token of this length in `text`, or None."""
    if len(text) > LONGEST:
        return None
    return next(filter(is_token, _candidates(text, length)), None)


def _candidates(text: str, length: int) -> Iterator[str]:
    plain = unescape(unquote(unquote(text)))
    # The raw source of a mail has "=3D" for each "=".
    spellings = (text, unescape(text), unquote(text), plain, plain.replace("=3D", "="))
    for spelled in dict.fromkeys(spellings):
        pieces = _BREAK.split(spelled)
        for piece in dict.fromkeys((*pieces, "".join(pieces))):
            yield from chain.from_iterable(_within(run, length) for run in _LETTERS.findall(piece))


def _within(letters: str, length: int) -> Iterator[str]:
    """Yield the parts with the length of a token that have only _ and - around them."""
    spare = len(letters) - length
    if 0 <= spare <= 2 * _EMPHASIS:
        for start in range(spare + 1):
            end = start + length
            if _SIGNS.issuperset(letters[:start] + letters[end:]):
                yield letters[start:end]

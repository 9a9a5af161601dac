"""Tokens as chats, mail programs and people hand them on: with a full stop behind them, in quotes, wrapped, encoded twice.

What is found in the text must be a token that one of our secrets signed, letter by letter: nothing is guessed, and a
token with other letters opens nothing. The upper and lower case of a letter is part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import chain
from urllib.parse import unquote

from sharing.capabilities import TOKEN_LENGTH, is_token

LONGEST = 400
"""Characters of a text that is looked through."""

_BREAK = re.compile(
    r"=?[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff]+"
)
"""White space and what nobody sees, with the sign that mail puts before a line break of its own."""
_LETTERS = re.compile(r"[A-Za-z0-9_-]+")
_EMPHASIS = 2
"""How many of the alphabet's own signs may stand around a token: chats write _so_ and --so."""


def unmangled(text: str) -> str:
    """The token in `text`, else `text` as it is."""
    if len(text) == TOKEN_LENGTH or len(text) > LONGEST:
        return text
    return next(filter(is_token, _candidates(text)), text)


def _candidates(text: str) -> Iterator[str]:
    for spelled in dict.fromkeys((text, unescape(text), unquote(text), unescape(unquote(unquote(text))))):
        pieces = _BREAK.split(spelled)
        for piece in dict.fromkeys((*pieces, "".join(pieces))):
            yield from chain.from_iterable(map(_within, _LETTERS.findall(piece)))


def _within(letters: str) -> Iterator[str]:
    """Whatever of the right length begins or ends close to the edge."""
    spare = len(letters) - TOKEN_LENGTH
    if 0 <= spare <= 2 * _EMPHASIS:
        for start in range(spare + 1):
            yield letters[start : start + TOKEN_LENGTH]

"""Tokens in text as chats, mail programs and people hand it on: with a full stop behind, in quotes, wrapped, encoded twice.

    token_in(text, is_token) -> str | None

Nothing is guessed: what is found stands in the text letter by letter, and `is_token` says that one of our secrets signed
it. The upper and lower case of a letter is part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from itertools import chain
from urllib.parse import unquote

from core.http.signed_ids import TOKEN_LENGTH

LONGEST = 400
"""Characters of a text that is looked through."""

_BREAK = re.compile(
    r"=?[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff]+"
)
"""White space and what nobody sees, with the sign that mail puts before a line break of its own."""
_LETTERS = re.compile(r"[A-Za-z0-9_-]+")
_EMPHASIS = 2
"""How many of the alphabet's own signs may stand around a token: chats write _so_ and --so."""
_SIGNS = frozenset("_-")


def token_in(text: str, is_token: Callable[[str], bool]) -> str | None:
    """The token in `text`, if there is one."""
    if len(text) > LONGEST:
        return None
    return next(filter(is_token, _candidates(text)), None)


def _candidates(text: str) -> Iterator[str]:
    plain = unescape(unquote(unquote(text)))
    # Mail that is shown as it travels has "=3D" for each "=".
    spellings = (text, unescape(text), unquote(text), plain, plain.replace("=3D", "="))
    for spelled in dict.fromkeys(spellings):
        pieces = _BREAK.split(spelled)
        for piece in dict.fromkeys((*pieces, "".join(pieces))):
            yield from chain.from_iterable(map(_within, _LETTERS.findall(piece)))


def _within(letters: str) -> Iterator[str]:
    """Whatever of the right length has nothing but signs around it. A letter more makes it another token."""
    spare = len(letters) - TOKEN_LENGTH
    if 0 <= spare <= 2 * _EMPHASIS:
        for start in range(spare + 1):
            end = start + TOKEN_LENGTH
            if _SIGNS.issuperset(letters[:start] + letters[end:]):
                yield letters[start:end]

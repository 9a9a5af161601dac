"""Tokens of links and of guests as chats, mail programs and people hand them on (core/text/mangled_text.py).

What is found in the text must be a token that one of our secrets signed, letter by letter: nothing is guessed, and a
token with other letters opens nothing.
"""

from __future__ import annotations

from core.text.mangled_text import token_in
from sharing.access.capabilities import TOKEN_LENGTH, is_token


def unmangled(text: str) -> str:
    """The token in `text`, else `text` as it is."""
    return text if len(text) == TOKEN_LENGTH else token_in(text, is_token) or text

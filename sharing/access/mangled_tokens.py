"""Find tokens in addresses that chats, mail programs or people have changed (core/text/mangled_text.py).

The text must contain a token that one of our secrets signed, letter by letter. Nothing is guessed, and a token with
other letters is refused.
"""

from __future__ import annotations

from core.text.mangled_text import token_in
from sharing.access.capabilities import TOKEN_LENGTH, is_token


def unmangled(text: str) -> str:
    """Return the token in `text`, or `text` unchanged if there is none."""
    return text if len(text) == TOKEN_LENGTH else token_in(text, is_token) or text

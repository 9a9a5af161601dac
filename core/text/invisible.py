"""Invisible characters, and where they have a meaning and must stay."""

from __future__ import annotations

import re
import unicodedata

# The property Default_Ignorable_Code_Point of Unicode 16, which `unicodedata` does not have.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
IGNORABLE = re.compile(f"[{_IGNORABLE}]")
"""Characters that are not shown at all."""

BLANK_SYMBOLS = re.compile("[\u115f\u1160\u2800\u3164\uffa0\ufffc]")
"""Letters and symbols that look like a space: Hangul fillers, the empty Braille cell, the object replacement character."""

DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Controls that change the direction of the text that follows, also beyond the text itself on the page."""

NONCHARACTERS = re.compile("[\ufdd0-\ufdef\ufff9-\ufffb" + "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
) + "]")  # fmt: skip
"""Noncharacters, and the marks of annotations, which browsers do not show."""

FLAGS = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,30}\U000e007f")
"""The flags of England, Scotland and Wales, which consist of tag characters. Elsewhere tags can hide text."""

_VIRAMA = 9
"""The combining class of the sign that joins two consonants in Indian scripts."""
_JOINED_SCRIPTS = re.compile(
    "[\u0600-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\uabff\U00010a00-\U00011fff\U0001e900-\U0001e95f]"
)
"""Arabic, Persian, the scripts of India and South-East Asia, Mongolian, Adlam and others that join letters."""


def is_joiner_needed(text: str, place: int) -> bool:
    """Return whether the joiner at `place` (U+200C or U+200D) changes how its neighbours look."""
    before, after = text[max(0, place - 3) : place].rstrip("\ufe0e\ufe0f"), text[place + 1 : place + 2]
    if not before:
        return False
    if unicodedata.combining(before[-1]) == _VIRAMA:
        return True
    if _JOINED_SCRIPTS.match(before[-1]) and _JOINED_SCRIPTS.match(after):
        return True
    return text[place] == "\u200d" and _is_emoji(before[-1]) and _is_emoji(after)


def is_visible(character: str) -> bool:
    """Return whether the character is visible on its own: not a space, a control or a combining mark."""
    if IGNORABLE.match(character) or BLANK_SYMBOLS.match(character):
        return False
    return unicodedata.category(character)[0] not in "MZ" and unicodedata.category(character) not in (
        "Cc",
        "Cf",
    )


def _is_emoji(character: str) -> bool:
    """Return whether the character may be an emoji: a symbol, or one that is too new for this Python."""
    return unicodedata.category(character or " ") in ("So", "Sk", "Sm", "Cn") if character else False

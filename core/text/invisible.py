"""Characters that show nothing: which there are, and where they mean something all the same."""

from __future__ import annotations

import re
import unicodedata

# Default_Ignorable_Code_Point of Unicode 16, which `unicodedata` does not have.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
IGNORABLE = re.compile(f"[{_IGNORABLE}]")
"""Shown as nothing at all."""

BLANK_SYMBOLS = re.compile("[\u115f\u1160\u2800\u3164\uffa0\ufffc]")
"""Letters and symbols that are drawn as a gap: Hangul fillers, the empty Braille cell, a picture that did not come."""

DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""They turn the text that follows, on the page around them too."""

NONCHARACTERS = re.compile("[\ufdd0-\ufdef\ufff9-\ufffb" + "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
) + "]")  # fmt: skip
"""Reserved for programs, and the marks around annotations, which no browser shows."""

FLAGS = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,30}\U000e007f")
"""The flags of England, Scotland and Wales are spelled with tags, which elsewhere hide text."""

_VIRAMA = 9
"""The combining class of the mark that joins two consonants in the scripts of India."""
_JOINED_SCRIPTS = re.compile(
    "[\u0600-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\uabff\U00010a00-\U00011fff\U0001e900-\U0001e95f]"
)
"""Arabic, Persian, the scripts of India and South-East Asia, Mongolian, Adlam and others that join letters."""


def is_joiner_needed(text: str, place: int) -> bool:
    """Whether the joiner at `place` (U+200C or U+200D) changes how its neighbours look."""
    before, after = text[max(0, place - 3) : place].rstrip("\ufe0e\ufe0f"), text[place + 1 : place + 2]
    if not before:
        return False
    if unicodedata.combining(before[-1]) == _VIRAMA:
        return True
    if _JOINED_SCRIPTS.match(before[-1]) and _JOINED_SCRIPTS.match(after):
        return True
    return text[place] == "\u200d" and _is_emoji(before[-1]) and _is_emoji(after)


def is_visible(character: str) -> bool:
    """Whether there is something to see by itself: no space, no control, no mark that sits on another character."""
    if IGNORABLE.match(character) or BLANK_SYMBOLS.match(character):
        return False
    return unicodedata.category(character)[0] not in "MZ" and unicodedata.category(character) not in (
        "Cc",
        "Cf",
    )


def _is_emoji(character: str) -> bool:
    """Nearly: a symbol, or unknown to this Python, as the emoji of next year are."""
    return unicodedata.category(character or " ") in ("So", "Sk", "Sm", "Cn") if character else False

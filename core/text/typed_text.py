"""Tidy text that people type. The API, pages and imports share these rules of what is *blank* and what is *one line*.

`one_line` is for names and titles, `many_lines` for descriptions and messages. Both return NFC without invisible
characters, and "" for a text in which nothing is visible. docs/text.md has the table of characters.
"""

from __future__ import annotations

import re
import unicodedata

from core.text.invisible import (
    BLANK_SYMBOLS,
    DIRECTIONS,
    FLAGS,
    IGNORABLE,
    NONCHARACTERS,
    is_joiner_needed,
    is_visible,
)

MARKS = 30
"""Most combining marks on a letter. UAX #15 calls a text with no more "stream-safe"."""

SHRINKS = 4
"""By which factor a text may shrink: a letter with its marks, or a line break of two characters, becomes one."""

_PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")
"""Plain ASCII text, which none of the rules below changes."""
_BREAK = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_TAGS = re.compile("[\U000e0000-\U000e007f]")
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def one_line(text: str) -> str:
    """Return `text` without invisible characters, and with a space for each line break."""
    if _PLAIN.fullmatch(text):
        return text
    parts = (part.strip() for part in _BREAK.split(_composed(text)))
    text = _CONTROLS.sub("", " ".join(filter(None, parts)))
    text = BLANK_SYMBOLS.sub(" ", NONCHARACTERS.sub("", text))
    if IGNORABLE.search(text):
        text = _without_ignorable(text)
    text = text[_first_base(text) :].rstrip()
    return text if is_seen(text) else ""


def many_lines(text: str) -> str:
    """Return `text` with \\n as line breaks and without direction controls. Other invisible characters stay."""
    if _PLAIN.fullmatch(text):
        return text
    text = _LINE_ENDS.sub("\n", _composed(text))
    text = NONCHARACTERS.sub("", DIRECTIONS.sub("", _CONTROLS.sub("", text)))
    if _TAGS.search(text):
        text = _without_tags(text)
    text = text.strip()
    return text if is_seen(text) else ""


def is_too_long(text: str, most: int | None) -> bool:
    """Return whether `text` would have more than `most` characters even when tidied, to refuse it without the work."""
    return most is not None and len(text) > SHRINKS * most


def is_seen(text: str) -> bool:
    """Return whether `text` has a visible character."""
    return any(map(is_visible, text))


def _composed(text: str) -> str:
    """Return `text` in NFC, with at most `MARKS` marks on a letter.

    No language needs more, and NFC takes quadratic time for them.
    """
    if text.isascii():
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= MARKS:
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def _without_ignorable(text: str) -> str:
    flags = {place for flag in FLAGS.finditer(text) for place in range(*flag.span())}
    return "".join(
        character
        for place, character in enumerate(text)
        if not IGNORABLE.match(character) or place in flags or _is_needed(text, place)
    )


def _is_needed(text: str, place: int) -> bool:
    if text[place] in "\u200c\u200d":
        return is_joiner_needed(text, place)
    # A single variation selector chooses how the character before it looks.
    return place > 0 and _VARIATION.match(text[place]) is not None and is_visible(text[place - 1])


def _without_tags(text: str) -> str:
    flags = {place for flag in FLAGS.finditer(text) for place in range(*flag.span())}
    return "".join(
        character for place, character in enumerate(text) if place in flags or not _TAGS.match(character)
    )


def _first_base(text: str) -> int:
    """Return the index of the first character that is no mark or space: a leading accent would join what precedes it."""
    return next((place for place, c in enumerate(text) if unicodedata.category(c)[0] not in "MZ"), len(text))

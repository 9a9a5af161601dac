"""Text as people type it, made what we keep: one notion of *blank* and of *one line* for every door.

`one_line` is for names and titles, `many_lines` for descriptions and messages. Both give NFC without the characters
that nobody sees, and "" for a text of which nothing would be seen. docs/text.md has the table of characters.
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
"""UAX #15 calls text with no more a stream-safe one."""

SHRINKS = 4
"""Times that a text may shrink: a letter with its marks, or a line break of two characters, becomes one."""

_PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")
"""What most people type. None of the rules below changes it."""
_BREAK = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_TAGS = re.compile("[\U000e0000-\U000e007f]")
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def one_line(text: str) -> str:
    """`text` without line breaks and without what nobody sees. Breaks become a space."""
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
    """`text` with its lines, ended by \\n. What turns the text around it goes, other invisible characters stay."""
    if _PLAIN.fullmatch(text):
        return text
    text = _LINE_ENDS.sub("\n", _composed(text))
    text = NONCHARACTERS.sub("", DIRECTIONS.sub("", _CONTROLS.sub("", text)))
    if _TAGS.search(text):
        text = _without_tags(text)
    text = text.strip()
    return text if is_seen(text) else ""


def is_too_long(text: str, most: int | None) -> bool:
    """Whether no tidying would bring `text` within `most` characters, so that it is refused without the work."""
    return most is not None and len(text) > SHRINKS * most


def is_seen(text: str) -> bool:
    """Whether anything of `text` shows."""
    return any(map(is_visible, text))


def _composed(text: str) -> str:
    """NFC, with at most `MARKS` marks on a letter. More are no language, and would take NFC a square of their number."""
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
    # One variation selector chooses how the character before it looks.
    return place > 0 and _VARIATION.match(text[place]) is not None and is_visible(text[place - 1])


def _without_tags(text: str) -> str:
    flags = {place for flag in FLAGS.finditer(text) for place in range(*flag.span())}
    return "".join(
        character for place, character in enumerate(text) if place in flags or not _TAGS.match(character)
    )


def _first_base(text: str) -> int:
    """Where the first character is that stands by itself: an accent without one would sit on what precedes it."""
    return next((place for place, c in enumerate(text) if unicodedata.category(c)[0] not in "MZ"), len(text))

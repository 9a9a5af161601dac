"""Read the JSON-LD scripts of a page, each on its own, as far as possible.

Shops write them by hand and with templates: with comments, CDATA, or a semicolon or comma too many. The time for a
script is proportional to its length: it is decoded at most three times, and nothing is tried again from every position.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_SCRIPTS = 200
_DECODER = json.JSONDecoder(strict=False)
_BEGIN = re.compile(r"[\[{]")
# Every alternative consumes what it started, up to the end of the text if necessary, so nothing is read twice.
_TOKENS = re.compile(
    r'"(?:[^"\\]|\\.|\\\Z)*+(?:"|\Z)'
    r"|(?://|/\*)? ?(?:<!\[CDATA\[|\]\]>)(?: ?\*/)?"
    r"|<!--|-->|/\*.*?(?:\*/|\Z)|//[^\n]*"
    r"|,(?=\s*+[}\]])",
    re.DOTALL,
)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')


def json_scripts(document: HtmlElement) -> Iterator[Any]:
    """Yield the values in the scripts, in the order of the page. A script that can't be read is skipped."""
    read = 0
    for script in document.iter("script"):
        if (script.get("type") or "").partition(";")[0].strip().lower() != "application/ld+json":
            continue
        read += 1
        if read > MAX_SCRIPTS:
            return
        yield from values_in(script.text or "")


def values_in(text: str) -> list[Any]:
    """Return the objects and lists that follow each other in `text`."""
    if "&quot;" in text and '"' not in text:
        text = html.unescape(text)
    for attempt in (text, None):
        found = _decoded(text if attempt is not None else _cleaned(text))
        if found:
            return found
    return []


def _decoded(text: str) -> list[Any]:
    found: list[Any] = []
    begin = _BEGIN.search(text)
    while begin:
        try:
            value, end = _DECODER.raw_decode(text, begin.start())
        except (ValueError, RecursionError):
            break
        found.append(value)
        begin = _BEGIN.search(text, end)
    return found


def _cleaned(text: str) -> str:
    """Return the script without comments, and with strings that are valid JSON."""
    return _TOKENS.sub(lambda token: _BAD_ESCAPE.sub("", token[0]) if token[0][0] == '"' else "", text)

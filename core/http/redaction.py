"""Remove tokens and other credentials from logs. A token gives access to a list.

The complete formatted line is searched, with arguments and traceback, because libraries may put a token into an
exception. It is better to redact too much than too little.
"""

from __future__ import annotations

import logging
import re
from typing import Any, TextIO

BLOT = "[redacted]"

LINE_LENGTH = 2_000
"""Characters of a logged line. Clients can send long texts."""

_TOKEN_LENGTH = 43
"""Length of the tokens of links and guests (sharing/access/capabilities.py), which are recognized by length anywhere."""

# May be percent-encoded, as in /login?next=%2Fs%2F<token>.
_SLASH = r"(?:/|%2F)"
_VALUE = r"[^\s\"'&,;<>(){}\[\]|\\]+"
_PATTERNS = (
    # Addresses of share pages, of guests' own pages, and of links that are mailed.
    (
        re.compile(
            rf"({_SLASH}(?:[sgxj]|join|set-password|keep-address|unsubscribe|unsubscribe-guest|calendar|feeds){_SLASH})(?:(?!%2F|%3F|%26)[^\s\"'/?#&<>,;()\[\]{{}}])+",
            re.IGNORECASE,
        ),
        rf"\1{BLOT}",
    ),
    # `Authorization: Bearer …`, in any quotes.
    (re.compile(r"\b(Bearer|Basic)(\s+|%20|\+)[A-Za-z0-9._~+/=-]+", re.IGNORECASE), rf"\1 {BLOT}"),
    # `access_token=…`, `"manage_token": "…"`, `(b'x-manage-token', b'…')`, `token%3D…`
    (
        re.compile(
            r"((?:token|password|secret|passwd|sessionid|csrfmiddlewaretoken|cookie|authorization|signature)"
            r"(?:\\?[\"'])?\s*(?:=|:|%3D|%3A|,(?=\s*b?\\?[\"']))\s*(?:b(?=\\?[\"']))?(?:\\?[\"'])?)(?!\[redacted\]|Bearer\b|Basic\b)"
            + _VALUE,
            re.IGNORECASE,
        ),
        rf"\1{BLOT}",
    ),
    # A JWT anywhere.
    (re.compile(r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), BLOT),
)


# Random bytes in base64url. UUIDs are shorter, and hex digests are lower case only.
_LONG_WORD = re.compile(r"[A-Za-z0-9_-]{40,}")


def redact(text: str) -> str:
    """Return `text` without anything that looks like a credential."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return _LONG_WORD.sub(_blot_token, text)


def _blot_token(found: re.Match[str]) -> str:
    """Redact a long word of mixed case, or of exactly a token's length: a token may happen to be all lower case."""
    word = found[0]
    is_mixed = word != word.lower() and word != word.upper()
    return BLOT if is_mixed or len(word) == _TOKEN_LENGTH else word


def bounded(text: str) -> str:
    """Return `text` with its lines cut to LINE_LENGTH."""
    return "\n".join(_cut(line) for line in text.split("\n")) if len(text) > LINE_LENGTH else text


def _cut(line: str) -> str:
    left_out = len(line) - LINE_LENGTH
    return line if left_out <= 0 else f"{line[:LINE_LENGTH]}… ({left_out} characters left out)"


class RedactingFormatter(logging.Formatter):
    """The formatter of every handler. It redacts the formatted line, so nothing is added afterwards."""

    def format(self, record: logging.LogRecord) -> str:
        return bounded(redact(super().format(record)))


class RedactedStream:
    """A redacting stream for code that writes to a stream and does not use `logging`.

    For example daphne's access log: `AccessLogGenerator(RedactedStream(sys.stdout))`.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(bounded(redact(text)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

"""Tokens are keys to people's lists: none is ever written to a log.

The whole finished line is searched (message, arguments, traceback and all), because what a library puts into an
exception is nobody's to foresee. Rather too much is blotted out than too little.
"""

from __future__ import annotations

import logging
import re
from typing import Any, TextIO

BLOT = "[redacted]"

LINE_LENGTH = 2_000
"""Characters of a logged line. What clients send can be long, and is said once."""

_TOKEN_LENGTH = 43
"""Of the tokens of links and guests (sharing/access/capabilities.py): they are known by their shape, wherever they stand."""

# Percent-encoded too: a log-in page is asked for as /login?next=%2Fs%2F<token>.
_SLASH = r"(?:/|%2F)"
_VALUE = r"[^\s\"'&,;<>(){}\[\]|\\]+"
_PATTERNS = (
    # The address of a share page, of a guest's own page, and of what is mailed to somebody with an account.
    (
        re.compile(
            rf"({_SLASH}(?:[sg]|set-password|keep-address){_SLASH})(?:(?!%2F|%3F|%26)[^\s\"'/?#&<>,;()\[\]{{}}])+",
            re.IGNORECASE,
        ),
        rf"\1{BLOT}",
    ),
    # `Authorization: Bearer …`, in whatever quotes.
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
    # A JWT, wherever it stands.
    (re.compile(r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), BLOT),
)


# Random bytes in base64url. UUIDs are shorter, and digests are of one case.
_LONG_WORD = re.compile(r"[A-Za-z0-9_-]{40,}")


def redact(text: str) -> str:
    """`text` without anything that looks like a credential."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return _LONG_WORD.sub(_blot_token, text)


def _blot_token(found: re.Match[str]) -> str:
    """A lower-case host name may be a token too, so of the very length of one no case is asked for."""
    word = found[0]
    is_mixed = word != word.lower() and word != word.upper()
    return BLOT if is_mixed or len(word) == _TOKEN_LENGTH else word


def bounded(text: str) -> str:
    """`text` with its lines cut to LINE_LENGTH."""
    return "\n".join(_cut(line) for line in text.split("\n")) if len(text) > LINE_LENGTH else text


def _cut(line: str) -> str:
    left_out = len(line) - LINE_LENGTH
    return line if left_out <= 0 else f"{line[:LINE_LENGTH]}… ({left_out} characters left out)"


class RedactingFormatter(logging.Formatter):
    """The formatter of every handler. It redacts what it has formatted, so nothing is added afterwards."""

    def format(self, record: logging.LogRecord) -> str:
        return bounded(redact(super().format(record)))


class RedactedStream:
    """A stream for what does not log but write: `AccessLogGenerator(RedactedStream(sys.stdout))` is daphne's access log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(bounded(redact(text)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

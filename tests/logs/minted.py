"""Fail a test if a line of the log holds a token, a code, a password or a share link that the run has minted.

The functions that mint secrets note what they return. Each line that is about to be written, as it is after redaction, is
searched for them (core/http/redaction.py). The modules of the product import those functions by name, so not their names are
replaced but their code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any
from urllib.parse import unquote

import pytest

_WORD = re.compile(r"[A-Za-z0-9_.~-]{6,}")
_LEAST_PASSWORD = 12
"""Shorter passwords of tests, such as "wrong", are words that a log may have."""

tokens: set[str] = set()
"""Tokens and links, of the whole run: a cast is made once for many tests."""
passwords: set[str] = set()
codes: set[str] = set()
"""Six digits, of one test: they are numbers like any other."""
leaks: list[str] = []


def note_token(secret: object) -> None:
    tokens.add(str(secret))


def note_code(secret: object) -> None:
    codes.add(str(secret))


def note_password(secret: object) -> None:
    if len(str(secret)) >= _LEAST_PASSWORD:
        passwords.add(str(secret))


def found_in(text: str) -> list[str]:
    """Return the secrets in `text`."""
    plain = unquote(text)
    words = {word.strip(".") for word in _WORD.findall(plain)}
    return [*(words & tokens), *(words & codes), *(one for one in passwords if one in plain)]


def take_leaks() -> list[str]:
    taken = leaks[:]
    leaks.clear()
    return taken


def watch(function: Any, note: Callable[[object], None]) -> Callable[[], None]:
    """Note what `function` returns, for all who have imported it. Return what undoes that."""
    before = function.__code__, function.__defaults__, function.__kwdefaults__
    original = FunctionType(
        before[0], function.__globals__, function.__name__, before[1], function.__closure__
    )
    original.__kwdefaults__ = before[2]

    def noting(*args: Any, **kwargs: Any) -> Any:
        made = original(*args, **kwargs)
        note(made)
        return made

    name = f"_noting_{function.__name__}"
    function.__globals__[name] = noting
    scope: dict[str, Any] = {}
    exec(f"def replaced(*args, **kwargs): return {name}(*args, **kwargs)", scope)  # noqa: S102 - two names of ours
    function.__defaults__ = function.__kwdefaults__ = None
    function.__code__ = scope["replaced"].__code__

    def undo() -> None:
        function.__code__, function.__defaults__, function.__kwdefaults__ = before

    return undo


def pytest_configure(config: pytest.Config) -> None:
    from accounts.access import api_tokens, code_digits, known_devices
    from accounts.access import tokens as access_tokens
    from accounts.services.signing_in import second_factors
    from core.http import redaction, signed_ids
    from core.text import passwords as typed
    from sharing.access import capabilities, invitation_tokens

    for function, note in (
        (signed_ids.sign_id, note_token),  # public links, guests, mailed links
        (access_tokens._mint, note_token),
        (api_tokens.new_secret, note_token),
        (invitation_tokens.invitation_token, note_token),
        (known_devices.token_with, note_token),
        (second_factors.new_app_secret, note_token),
        (code_digits.digits_of, note_code),
        (capabilities.guest_code, note_code),
        (typed.one_form, note_password),
    ):
        config.add_cleanup(watch(function, note))
    patch = pytest.MonkeyPatch()
    patch.setattr(redaction, "bounded", _searching(redaction.bounded))
    config.add_cleanup(patch.undo)


def _searching(bounded: Callable[[str], str]) -> Callable[[str], str]:
    """Search each text that is written: this is the last step of both ways to write a line."""

    def searched(text: str) -> str:
        written = bounded(text)
        if found := found_in(written):
            leaks.append(f"{found} in {written!r}")
        return written

    return searched


@pytest.fixture(autouse=True)
def no_secret_is_logged() -> Iterator[None]:
    codes.clear()
    yield
    assert take_leaks() == [], "a secret was logged"

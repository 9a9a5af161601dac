"""The search for secrets in the log finds each kind, and what the product logs of them is redacted."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from uuid import uuid4

import pytest

from accounts.access.api_tokens import new_secret
from accounts.access.code_digits import digits_of
from accounts.access.known_devices import token_with
from accounts.access.tokens import mint_access_token, mint_refresh_token
from accounts.models import OneTimeCode, Session, User
from core.http import redaction
from core.http.redaction import RedactedStream, RedactingFormatter
from sharing.access.capabilities import guest_code, link_token, manage_token
from sharing.models import GuestLetter, PublicLink
from tests.logs.minted import no_secret_is_logged, take_leaks
from wishlists.models import Guest

pytestmark = pytest.mark.once

USER = User(pk=uuid4(), display_name="Ann")
MINTED: dict[str, Callable[[], str]] = {
    "access token": lambda: mint_access_token(Session(user=USER)),
    "refresh token": lambda: mint_refresh_token(Session(user=USER)),
    "API token": new_secret,
    "share link": lambda: link_token(PublicLink()),
    "token of a guest": lambda: manage_token(Guest()),
    "token of a device": lambda: token_with(USER, ""),
    "code": lambda: digits_of(OneTimeCode(purpose="log_in")),
    "code of a guest": lambda: guest_code(GuestLetter()),
    "password": lambda: _typed("correct horse battery"),
}
LINES = ("GET /s/%s", "/login?next=%%2Fs%%2F%s", "made %s.", "{'token': '%s'}", "Bearer %s")
UNKNOWN_TO_REDACTION = {"code", "code of a guest", "password", "token of a device"}
"""What looks like any number or words. So no line may have them in the first place."""


def _typed(password: str) -> str:
    user = User()
    user.check_password(password)
    return password


def written(line: str, secret: str) -> str:
    """Write the line in both ways."""
    record = logging.LogRecord("tests", logging.INFO, "", 0, line, (secret,), None)
    RedactedStream(io.StringIO()).write(record.getMessage())
    return RedactingFormatter("%(message)s").format(record)


@pytest.mark.parametrize("kind", MINTED)
@pytest.mark.parametrize("line", LINES)
def test_control_secret_is_found_without_redaction(
    kind: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redaction, "redact", lambda text: text)
    secret = MINTED[kind]()
    written(line, secret)
    assert [secret in leak for leak in take_leaks()] == [True, True]


@pytest.mark.parametrize("kind", [kind for kind in MINTED if kind not in UNKNOWN_TO_REDACTION])
@pytest.mark.parametrize("line", LINES)
def test_redacted_line_holds_nothing(kind: str, line: str) -> None:
    secret = MINTED[kind]()
    assert secret not in written(line, secret)


def test_usual_line_is_no_leak() -> None:
    MINTED["code"]()
    written("GET /api/v1/wishlists/%s 200 in 123456789 µs", str(uuid4()))


def test_control_test_that_logs_a_secret_fails() -> None:
    test = no_secret_is_logged.__wrapped__()  # type: ignore[attr-defined]  # the generator behind the fixture
    next(test)
    logging.getLogger("tests").warning("The code is %s.", MINTED["code"]())
    with pytest.raises(AssertionError, match="a secret was logged"):
        next(test)

from __future__ import annotations

import io
import logging
import logging.config

import pytest
from daphne.access import AccessLogGenerator
from django.conf import settings

from core.http import redaction
from core.http.redaction import BLOT, LINE_LENGTH, RedactedStream, RedactingFormatter, redact

TOKEN = "Zk3-canary_9Q"
JWT = f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.{TOKEN}"


@pytest.mark.parametrize(
    "line",
    [
        f"GET /s/{TOKEN} 200",
        f"GET /s/{TOKEN}?from=mail 200",
        f"POST /s/{TOKEN}/items/7 303",
        f"GET /g/{TOKEN} 200",
        f"POST /g/{TOKEN}/confirm 303",
        f"GET /set-password/{TOKEN} 200",
        f"POST /keep-address/{TOKEN} 302",
        f"GET /login?next=%2Fset-password%2F{TOKEN} 200",
        f"GET /login?next=/s/{TOKEN} 200",
        f"GET /login?next=%2Fs%2F{TOKEN}%3Fa 200",
        f"GET /api/v1/public/wishlists?token={TOKEN} 200",
        f"PATCH /api/v1/public/wishlists/items/7?a=b&token={TOKEN}&c=d 200",
        f"GET /login?next=/api/v1/public/wishlists%3Ftoken%3D{TOKEN}",
        f"WSCONNECT /api/v1/ws?access_token={JWT}",
        f"WSCONNECT /ws?public_token={TOKEN}",
        f"WSREJECT /ws?token={TOKEN}",
        f"Authorization: Bearer {JWT}",
        f"authorization: bearer {TOKEN}",
        f"{{'HTTP_AUTHORIZATION': 'Bearer {TOKEN}'}}",
        f"[(b'authorization', b'Bearer {TOKEN}'), (b'x-manage-token', b'{TOKEN}')]",
        f"X-Manage-Token: {TOKEN}",
        f'{{"manage_token": "{TOKEN}", "guest_name": "Dana"}}',
        f'"{{\\"refresh_token\\": \\"{TOKEN}\\"}}"',
        f"manage_token='{TOKEN}'",
        f"Cookie: sessionid={TOKEN}; csrftoken={TOKEN}",
        f"password={TOKEN}",
        f"cannot decode {JWT}",
    ],
)
def test_token_is_redacted(line: str) -> None:
    assert TOKEN not in redact(line)
    assert BLOT in redact(line)


SHAPED = "7Jf_wQz3aVnKc-2XyT0bLrD5sHqE8uMiPo1kGjNh4Fw"


@pytest.mark.parametrize(
    "line",
    [
        "Not Found: /nope/{}",
        "Not Found: //s//{}",
        "Not Found: /S/{}",
        "Not Found: /api/v1/wishlists/{}/items",
        "Not Found: /x%2F{}%20",
        "Not Found: /{}.",
        "Not Found: /{}extra",
        "Not Found: /s/../{};a",
        "Invalid HTTP_HOST header: '{}'. You may need to add '{}' to ALLOWED_HOSTS.",
        "GET /?q={} 200",
        "Referer: https://example.org/{}#top",
        "KeyError: '{}'",
        "({})",
    ],
)
def test_token_is_recognized_by_its_length_anywhere(line: str) -> None:
    for token in (SHAPED, SHAPED.lower()):
        if len(token) == 43 and (token == SHAPED or ("extra" not in line and "%2F" not in line)):
            assert token not in redact(line.format(token, token.lower()))


def test_link_tokens_have_this_length() -> None:
    assert len(SHAPED) == redaction._TOKEN_LENGTH


def test_long_lines_are_cut() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 1, "Bad host %s\nsecond", ("h" * 15_000,), None)
    first, second = RedactingFormatter("%(message)s").format(record).split("\n")
    assert len(first) < LINE_LENGTH + 50
    assert first.endswith("… (13009 characters left out)")
    assert second == "second"


@pytest.mark.parametrize(
    "line",
    [
        "free_contributions_of_guests_that_nobody_confirmed_in_time",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "GET /api/v1/wishlists/0b5f9b0e-0000-4000-8000-000000000000/items 200",
        "Forbidden (CSRF token missing.): /lists",
        "GET /static/css/site.css 304",
        "the token has expired",
        "GET /lists?page=2 200",
    ],
)
def test_other_lines_are_unchanged(line: str) -> None:
    assert redact(line) == line


def test_rest_of_the_line_is_unchanged() -> None:
    assert redact(f"GET /x?token={TOKEN}&page=2 200") == f"GET /x?token={BLOT}&page=2 200"


def test_arguments_and_tracebacks_are_redacted() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(RedactingFormatter("%(levelname)s %(message)s"))
    logger = logging.Logger("redaction")
    logger.addHandler(handler)
    try:
        raise ValueError(f"no link with token='{TOKEN}'") from KeyError(f"/s/{TOKEN}")
    except ValueError:
        logger.exception("while opening /s/%s", TOKEN)
    logger.error("said %r", {"access_token": TOKEN})
    assert "ValueError: no link with token=" in out.getvalue()
    assert TOKEN not in out.getvalue()


def test_every_log_handler_redacts() -> None:
    used = {handler["formatter"] for handler in settings.LOGGING["handlers"].values()}
    assert used == {"line"}
    assert (
        settings.LOGGING["formatters"]["line"]["()"] == f"{RedactingFormatter.__module__}.RedactingFormatter"
    )
    for name in ("django", "django.server"):
        assert logging.getLogger(name).handlers == []
        assert logging.getLogger(name).propagate


def test_access_log_of_daphne_is_redacted() -> None:
    out = io.StringIO()
    log = AccessLogGenerator(RedactedStream(out))
    details = {
        "client": "1.2.3.4:5",
        "method": "GET",
        "path": f"/s/{TOKEN}?token={TOKEN}",
        "status": 200,
        "size": 1,
    }
    log("http", "complete", details)
    log("websocket", "connecting", details | {"path": f"/ws?access_token={JWT}"})
    assert out.getvalue().count("\n") == 2
    assert TOKEN not in out.getvalue()

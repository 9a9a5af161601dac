from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.asgi import get_asgi_application
from django.test import override_settings

from core.asgi.guard import guarded

LIMIT = 100


@pytest.fixture
def core_app() -> Iterator[Any]:
    with override_settings(ROOT_URLCONF="core.tests.urls"):
        yield get_asgi_application()


async def ask(
    app: Any, chunks: list[bytes], query: str = "", **headers: str
) -> tuple[int, dict[bytes, bytes], bytes]:
    sent = {"host": "localhost", "content-type": "application/json"} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/echo",
        "raw_path": b"/api/v1/echo",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in sent.items()],
    }
    incoming = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    incoming[-1]["more_body"] = False
    outgoing: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        # After the body Django keeps listening for a disconnect.
        return incoming.pop(0) if incoming else await asyncio.Future()

    async def send(message: dict[str, Any]) -> None:
        outgoing.append(message)

    await app(scope, receive, send)
    start, *bodies = outgoing
    return start["status"], dict(start["headers"]), b"".join(body["body"] for body in bodies)


@pytest.mark.asyncio
async def test_small_body_passes(core_app: Any) -> None:
    status, _, body = await ask(guarded(core_app, max_body=LIMIT), [b'{"a"', b": 1}"], content_length="8")
    assert (status, json.loads(body)) == (200, {"a": 1})


@pytest.mark.asyncio
async def test_chunked_body_is_read(core_app: Any) -> None:
    """*Control*: without the guard, DRF treats a body without a declared length as empty."""
    pieces, chunked = [b'{"a"', b": 1}"], {"transfer_encoding": "chunked"}
    status, _, body = await ask(guarded(core_app, max_body=LIMIT), list(pieces), **chunked)
    assert (status, json.loads(body)) == (200, {"a": 1})
    status, _, body = await ask(core_app, list(pieces), **chunked)
    assert (status, json.loads(body)) == (200, {})


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "headers", [{"content_length": "101"}, {"content_length": "9" * 5000}, {"transfer_encoding": "chunked"}]
)
async def test_too_large_body_gets_413(core_app: Any, headers: dict[str, str]) -> None:
    status, answer, body = await ask(
        guarded(core_app, max_body=LIMIT), [b"x" * 60, b"x" * 60], x_request_id="me", **headers
    )
    assert status == 413
    assert (answer[b"content-type"], answer[b"x-request-id"]) == (b"application/problem+json", b"me")
    problem = json.loads(body)
    assert (problem["code"], problem["status"], problem["instance"]) == (
        "body_too_large",
        413,
        "/api/v1/echo",
    )


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "charset",
    [
        "base64",
        "unicode_escape",
        "utf-16",
        "nonsense",
        "idna",
        "undefined",
        '"base64"',
        "",
        "'utf-8'",
        'utf-8; charset="x"',
        '"',
    ],
)
async def test_other_charset_gets_415(core_app: Any, charset: str) -> None:
    headers = {"content_type": f"application/json;charset={charset}"}
    status, _, body = await ask(guarded(core_app, max_body=LIMIT), [b"{}"], "a=%5Cud800", **headers)
    assert (status, json.loads(body)["code"]) == (415, "unsupported_charset")


@pytest.mark.asyncio
@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "us-ascii"])
async def test_every_name_of_utf_8_passes(core_app: Any, charset: str) -> None:
    headers = {"content_type": f"application/json; charset={charset}", "content_length": "8"}
    status, _, body = await ask(guarded(core_app, max_body=LIMIT), [b'{"a": 1}'], **headers)
    assert (status, body) == (200, b'{"a":1}')


@pytest.mark.asyncio
async def test_too_many_fields_get_400_with_any_charset(core_app: Any) -> None:
    headers = {"content_type": "application/json; charset=utf-8"}
    status, _, _ = await ask(guarded(core_app, max_body=LIMIT), [b"{}"], "a&" * 300, **headers)
    assert status == 400


BROKEN = {"content_type": "text/plain; charset*=bogus''%41"}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "headers", [BROKEN, {"accept": "*/*, text/html;q*=bogus''%41"}, {"x_manage_token": "a\0b"}]
)
async def test_unreadable_header_gets_400(core_app: Any, headers: dict[str, str]) -> None:
    status, _, body = await ask(guarded(core_app, max_body=LIMIT), [b"{}"], **headers)
    assert (status, json.loads(body)["code"]) == (400, "bad_request")


@pytest.mark.asyncio
async def test_control_unreadable_header_breaks_django_without_the_guard(core_app: Any) -> None:
    """When this fails, Django handles such headers itself, and the check in the guard can be removed."""
    with pytest.raises(ValueError, match="Invalid encoding"):
        await ask(core_app, [b"{}"], **BROKEN)


@pytest.mark.asyncio
async def test_ordinary_accept_header_passes(core_app: Any) -> None:
    accept = "text/html;q=0.1, application/json, */*;q=0.8"
    status, _, _ = await ask(guarded(core_app, max_body=LIMIT), [b"{}"], accept=accept, content_length="2")
    assert status == 200


@pytest.mark.asyncio
async def test_answer_to_head_has_no_body_even_in_pieces() -> None:
    async def in_pieces(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"6")]})
        for piece, more in ((b"abc", True), (b"def", False)):
            await send({"type": "http.response.body", "body": piece, "more_body": more})

    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "HEAD", "path": "/", "headers": []}
    await guarded(in_pieces, max_body=LIMIT)(scope, receive, send)
    assert [message.get("body") for message in sent] == [None, b""]
    assert not sent[-1]["more_body"]

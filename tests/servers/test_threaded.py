"""Requests run in a fixed number of threads, and leave no state for the next request."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from wishlist_project.threaded import ThreadedDjango

THREADS = 2
MET = threading.Barrier(THREADS)


def language(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(f"{get_language()} {threading.current_thread().name}")
    answer.set_cookie("one", "1")
    answer.set_cookie("two", "2")
    return answer


@csrf_exempt
def meet(request: HttpRequest) -> HttpResponse:
    """Answer only while another request is running."""
    MET.wait(timeout=20)
    return HttpResponse(request.body)


def ask_database(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(str(connection.connection is not None))


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(f"part {number}," for number in range(3))


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


urlpatterns = [path(view.__name__, view) for view in (language, meet, ask_database, stream, fail)]


@pytest.fixture
def django() -> Iterator[Any]:
    with override_settings(ROOT_URLCONF=__name__):
        yield ThreadedDjango(THREADS)


@pytest_asyncio.fixture
async def client(django: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(django, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as made:
        yield made


@pytest.mark.asyncio
async def test_threads_are_few_and_keep_no_state(client: httpx.AsyncClient) -> None:
    asked = [client.get("/language", headers={"Accept-Language": code}) for code in ["de", "en"] * 10]
    answers = [(answer.text.split(), answer) for answer in await asyncio.gather(*asked)]
    assert [code for (code, _), _ in answers] == ["de", "en"] * 10
    assert len({thread for (_, thread), _ in answers}) <= THREADS
    assert answers[0][1].headers.get_list("Set-Cookie")[1].startswith("two=2")


@pytest.mark.asyncio
async def test_requests_run_concurrently_with_complete_bodies(client: httpx.AsyncClient) -> None:
    """A single thread could not answer, because each request waits for the other."""
    bodies = [b"a" * 100_000, b"b"]
    answers = await asyncio.gather(*(client.post("/meet", content=body) for body in bodies))
    assert [answer.content for answer in answers] == bodies


@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
@override_settings(ROOT_URLCONF=__name__)
async def test_database_connection_is_returned_after_each_request() -> None:
    """The thread stays, but does not keep its database connection. One of SQLite may be used for some more seconds."""
    # One thread only: with more, the question about the connection can go to a thread that has served nothing yet.
    django: Any = ThreadedDjango(1)
    transport = httpx.ASGITransport(django, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        assert (await client.get("/ask_database")).text == "True"
    held, until = await asyncio.get_running_loop().run_in_executor(
        django._threads, lambda: (connection.connection, connection.close_at)
    )
    assert (held is None) == (connection.vendor == "postgresql")
    assert held is None or (until is not None and until <= time.monotonic() + 5)


@pytest.mark.asyncio
async def test_stream_is_sent_in_parts(django: Any) -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost")]
    await django(
        {"type": "http", "method": "GET", "path": "/stream", "query_string": b"", "headers": headers},
        receive,
        send,
    )
    assert [message.get("body") for message in sent[1:]] == [b"part 0,", b"part 1,", b"part 2,", None]
    assert [message.get("more_body") for message in sent[1:]] == [True, True, True, None]


@pytest.mark.asyncio
async def test_exception_becomes_a_500(client: httpx.AsyncClient) -> None:
    assert (await client.get("/fail")).status_code == 500
    assert (await client.get("/language")).status_code == 200

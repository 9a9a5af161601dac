"""`GET /metadata?url=`: who may use it, what it returns, and that its queue is limited."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from threading import Event
from typing import Any
from urllib.parse import quote

import pytest
from asgiref.sync import async_to_sync
from django.db import connections
from django.http import QueryDict
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from accounts.models import User
from accounts.services.sessions import start_session, tokens_of
from core.api.renderers import encode
from core.limits.rate_limits import PRODUCT_PAGES
from core.outgoing.addresses import Address
from core.outgoing.targets import Guard
from wishlists.api.views import product_preview
from wishlists.api.views.product_preview import MetadataView
from wishlists.product_preview.fetch_pool import FetchPool, TooManyFetches, TooManyOfYours
from wishlists.tests.product_preview.page_texts import BIKE, ld
from wishlists.tests.product_preview.web_servers import Serve, Server, says
from wishlists.web import link_filling
from wishlists.web.link_filling import fill_form

pytestmark = pytest.mark.urls(__name__)
urlpatterns = [path("api/v1/metadata", MetadataView.as_view())]

NULLS = {"title": None, "image_url": None, "price": None, "currency": None}


def anything(address: Address) -> bool:
    return True


def answer_to(request: Request, **view: Any) -> Response:
    """Call the view without URLs and middleware, so that a test may pass a guard."""
    asked: Any = MetadataView.as_view(**view)
    answer: Response = async_to_sync(asked)(request)
    return answer


@pytest.fixture
def client(alice: User) -> APIClient:
    """Alice's client, with her access token."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens_of(start_session(user=alice))['access_token']}")
    return client


def test_allowed_page_is_read(alice: User, serve: Serve) -> None:
    server = serve(says(ld(BIKE).encode()))
    guard = Guard(allows=anything, ports=frozenset({server.port}))
    request = APIRequestFactory().get("/", {"url": f"http://127.0.0.1:{server.port}/bike"})
    force_authenticate(request, alice)
    answer = answer_to(request, guard=guard)
    assert answer.status_code == 200
    assert json.loads(encode(answer.data)) == {
        "title": "A & B bike",
        "image_url": f"http://127.0.0.1:{server.port}/a%20b.jpg",
        "price": 1299.9,
        "currency": "EUR",
    }


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://[::1]/",
        "HTTP://10.0.0.1/x",
        "http://",
        "http://[",
        "http://a@b/",
        "https://\\",
    ],
)
def test_forbidden_page_returns_nulls(url: str, client: APIClient) -> None:
    answer = client.get("/api/v1/metadata", {"url": url})
    assert (answer.status_code, answer.json()) == (200, NULLS)


def test_fetch_never_reaches_this_machine(client: APIClient, serve: Serve) -> None:
    """With the production guard, a sentinel on loopback gets no connection."""
    sentinel: Server = serve()
    for host in ("127.0.0.1", "localhost", "[::1]", "0x7f.1", "[::ffff:127.0.0.1]"):
        assert client.get("/api/v1/metadata", {"url": f"http://{host}:{sentinel.port}/"}).json() == NULLS
    assert sentinel.visits == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?url=",
        "?url=%20",
        "?url=http://example.com/" + "a" * 2100,
    ],
)
def test_missing_or_invalid_url_is_refused(query: str, client: APIClient) -> None:
    answer = client.get("/api/v1/metadata" + query)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["errors"][0]["pointer"] == "/url"
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize(
    "url",
    [
        "example.com",
        "/things/1",
        "ftp://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http:example.com",
    ],
)
def test_other_schemes_return_nulls(url: str, client: APIClient) -> None:
    """The contract says null for everything that can't or may not be fetched."""
    answer = client.get("/api/v1/metadata", {"url": url})
    assert answer.status_code == 200
    assert answer.json() == {"title": None, "image_url": None, "price": None, "currency": None}


def test_anonymous_request_is_refused(db: None) -> None:
    answer = APIClient().get("/api/v1/metadata", {"url": "http://127.0.0.1/"})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    bad = APIClient(HTTP_AUTHORIZATION="Bearer bad").get("/api/v1/metadata", {"url": "http://127.0.0.1/"})
    assert bad.status_code == 401


def test_other_methods_get_405(client: APIClient) -> None:
    assert client.post("/api/v1/metadata").status_code == 405
    assert client.options("/api/v1/metadata").status_code == 200
    assert client.head("/api/v1/metadata?url=" + quote("http://127.0.0.1/")).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.both
def test_no_database_connection_is_held_while_fetching(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection held while waiting for another server would be missing for other requests."""
    held: list[Any] = []
    ours = connections["default"]  # the connection of this thread, which the view uses

    class Watching(FetchPool):
        def submit(self, person: Any, fetch: Callable[[], Any]) -> Future[Any]:
            held.append(ours.connection)
            return super().submit(person, fetch)

    monkeypatch.setattr("wishlists.api.views.product_preview.POOL", Watching())
    request = APIRequestFactory().get("/", {"url": "http://127.0.0.1/"})
    request.META["HTTP_AUTHORIZATION"] = f"Bearer {tokens_of(start_session(user=alice))['access_token']}"
    assert answer_to(request).status_code == 200
    assert held == [None]


# --- the pool -----------------------------------------------------------------------------------------------------


@pytest.fixture
def gate() -> Iterator[Event]:
    """Fetches that use it run until the test sets it or ends."""
    gate = Event()
    yield gate
    gate.set()


def test_full_pool_refuses(gate: Event) -> None:
    pool = FetchPool(workers=2, waiting=1, each=2)
    wait = partial(gate.wait, 30)
    under_way = [pool.submit("alice", wait), pool.submit("alice", wait)]
    with pytest.raises(TooManyOfYours):
        pool.submit("alice", wait)
    under_way.append(pool.submit("bob", wait))
    with pytest.raises(TooManyFetches):
        pool.submit("charlie", wait)
    gate.set()
    assert all(fetch.result(10) for fetch in under_way)
    assert pool.submit("alice", lambda: "again").result(10) == "again"


def test_failed_or_cancelled_fetch_frees_its_place(gate: Event) -> None:
    pool = FetchPool(workers=1, waiting=1, each=2)
    running = pool.submit("alice", partial(gate.wait, 30))
    assert pool.submit("alice", lambda: None).cancel()
    waiting = pool.submit("alice", lambda: 1 / 0)
    with pytest.raises(TooManyFetches):
        pool.submit("bob", lambda: None)
    gate.set()
    assert running.result(10)
    assert isinstance(waiting.exception(10), ZeroDivisionError)
    assert pool.submit("alice", lambda: 1).result(10) == 1


def test_full_pool_gets_503_with_retry_after(
    client: APIClient, bob: User, gate: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = FetchPool(workers=1, waiting=0)
    pool.submit(bob.pk, partial(gate.wait, 30))
    monkeypatch.setattr("wishlists.api.views.product_preview.POOL", pool)
    answer = client.get("/api/v1/metadata", {"url": "http://127.0.0.1/"})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "too_many_fetches"


def test_pages_that_one_person_has_read_are_limited(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the API and by forms together. An address that is refused anyway is enough to count."""
    few = replace(PRODUCT_PAGES, amount=2)
    for module in (product_preview, link_filling):
        monkeypatch.setattr(module, "PRODUCT_PAGES", few)

    def ask() -> Response:
        request = APIRequestFactory().get("/", {"url": "http://127.0.0.1/"})
        force_authenticate(request, alice)
        return answer_to(request)

    assert ask().status_code != 429
    typed = QueryDict("link_url=https://shop.example/kettle")
    assert fill_form(typed, {}, alice.pk, read=lambda link: {})[1].startswith("We couldn't read")
    assert ask().status_code == 429
    assert fill_form(typed, {}, alice.pk, read=lambda link: {})[1].startswith("You have done this very often")

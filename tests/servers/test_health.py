"""`/health` is cheap and correct."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.test import AsyncClient, Client
from pytest_django import Settings

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.mark.django_db
def test_healthy_server_gets_200(client: Client) -> None:
    answer = client.get("/health", headers={"authorization": "Bearer old"})
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "realtime": "ok"}
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_missing_redis_means_delayed(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = NOBODY_LISTENS
    answer = client.get("/health")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["realtime"]) == ("ok", "delayed")


@pytest.mark.django_db
def test_missing_database_gets_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["database"] == "unavailable"
    assert int(answer["Retry-After"]) >= 1


@pytest.mark.django_db
def test_health_takes_one_statement(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        client.get("/health")


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_health_is_an_async_view(async_client: AsyncClient) -> None:
    answer = await async_client.get("/health")
    assert answer.status_code == 200


@pytest.mark.django_db
def test_health_refuses_post(client: Client) -> None:
    assert client.post("/health").status_code == 405

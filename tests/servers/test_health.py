"""`/health` is cheap and correct."""

from __future__ import annotations

import pytest
import redis
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from wishlist_project import health

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


@pytest.mark.django_db
def test_redis_that_does_not_answer_is_not_asked_by_each_of_a_queue(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frozen Redis takes a second to be noticed, and monitors would wait for each other."""
    settings.REDIS_URL = "redis://127.0.0.1:1/1"
    asked: list[str] = []

    def note(url: str) -> redis.Redis:
        asked.append(url)
        return redis.Redis.from_url(url)

    monkeypatch.setattr(health, "_client", note)
    monkeypatch.setattr(health, "_asked_in_vain_at", {})
    assert [client.get("/health").json()["realtime"] for _ in range(5)] == ["delayed"] * 5
    assert len(asked) == 1


@pytest.mark.django_db
def test_health_refuses_post(client: Client) -> None:
    assert client.post("/health").status_code == 405

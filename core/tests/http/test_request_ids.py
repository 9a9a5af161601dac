from __future__ import annotations

import logging
import uuid

import pytest
from django.test import AsyncClient, Client, override_settings

from core.http.request_ids import RequestIdFilter, current_request_id


@pytest.mark.parametrize(
    "path", ["/api/v1/things", "/api/v1/raising/broken", "/api/v1/nowhere", "/api/v1/plain/broken", "/pages"]
)
def test_id_of_the_client_is_returned(core_client: Client, path: str) -> None:
    assert core_client.get(path, headers={"x-request-id": "abc-1.2_3"})["X-Request-ID"] == "abc-1.2_3"


@pytest.mark.parametrize("given", [None, "", "a b", "x" * 129, "é", "a\r\nSet-Cookie: b"])
def test_malformed_id_is_replaced(core_client: Client, given: str | None) -> None:
    answer = core_client.get("/api/v1/things", headers={} if given is None else {"x-request-id": given})
    assert uuid.UUID(answer["X-Request-ID"]).version == 4


def test_preflight_answer_has_the_id(core_client: Client) -> None:
    headers = {
        "origin": "http://localhost:3000",
        "access-control-request-method": "POST",
        "x-request-id": "me",
    }
    assert core_client.options("/api/v1/things", headers=headers)["X-Request-ID"] == "me"


@pytest.mark.asyncio
async def test_answer_of_async_view_has_the_id() -> None:
    with override_settings(ROOT_URLCONF="core.tests.urls"):
        answer = await AsyncClient().get("/api/v1/waiting/", headers={"x-request-id": "me"})
    assert (answer.content, answer["X-Request-ID"]) == (b"waited", "me")


def test_log_record_has_the_id() -> None:
    record = logging.makeLogRecord({"msg": "hello"})
    token = current_request_id.set("me")
    assert RequestIdFilter().filter(record)
    current_request_id.reset(token)
    assert record.__dict__["request_id"] == "me"

"""Requests that read write nothing and take no lock, so they work while nobody can write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from accounts.services.sessions import end_all_sessions
from conftest import _person
from tests.forms.routes import page_routes
from tests.forms.stage import ALICE, BOB, GUEST, STRANGER, Stage
from tests.support.api_clients import Api, logged_in
from tests.support.stages import rolled_back
from tests.twin_worlds import routes

_TABLE = re.compile(r'(INTO|UPDATE|FROM) "(?!django_session")', re.IGNORECASE)
_WRITES = re.compile(r"\A\s*(?!SELECT|EXPLAIN|PRAGMA)|FOR (NO KEY )?UPDATE", re.IGNORECASE)
"""Statements that open a transaction (here a savepoint) count too: on SQLite that takes the write lock."""


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker, password_hash: str) -> Iterator[Stage]:
    with rolled_back(django_db_blocker):
        yield Stage({name.lower(): _person(name, password_hash) for name in ("Alice", "Bob", "Charlie")})


@contextmanager
def written() -> Iterator[list[str]]:
    """Record the statements that do more than read."""
    noted: list[str] = []

    def look(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if _WRITES.search(sql):
            noted.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        yield noted


class Reading:
    """Counts the addresses that showed something, and records statements that did more than read."""

    def __init__(self) -> None:
        self.shown = 0
        self.wrote: dict[str, list[str]] = {}

    def get(self, name: str, ask: Callable[[], Any]) -> None:
        with written() as noted:
            self.shown += ask().status_code == 200
        if noted:
            self.wrote[name] = noted


KEEPS_A_CHALLENGE = {"app-add", "passkey-add"}
"""Pages that keep in the session what the form on them must answer to."""


@pytest.mark.django_db
@pytest.mark.parametrize("who", [ALICE, BOB, STRANGER, GUEST])
def test_pages_write_nothing_when_read(stage: Stage, who: str) -> None:
    client, reading = stage.client(who), Reading()
    for name, wanted, methods in page_routes():
        if "GET" not in methods or name in ("health", "demo") or not set(wanted) <= set(stage.names):
            continue
        path = reverse(name, kwargs=stage.kwargs_of(name, wanted))
        reading.get(name, partial(client.get, path))
    assert reading.shown > 8
    assert reading.wrote.keys() - KEEPS_A_CHALLENGE == set()
    assert not [sql for noted in reading.wrote.values() for sql in noted if _TABLE.search(sql)]


MADE_UP = {"name": "none", "provider_id": "none"}
"""For routes that are for nobody here."""


@pytest.mark.django_db
@pytest.mark.parametrize("who", [ALICE, BOB, STRANGER, GUEST])
def test_api_writes_nothing_when_read(stage: Stage, who: str) -> None:
    api = Api(logged_in(stage.people[who])["access_token"]) if who in stage.people else Api()
    headers = {"x-manage-token": stage.of_guest["token"]} if who == GUEST else {}
    reading = Reading()
    for route in routes.API:
        names = stage.names | ({} if who != GUEST else stage.of_guest) | MADE_UP
        if "GET" not in routes.methods_of(route):
            continue
        nobodys = dict.fromkeys(re.findall(r"{(\w+)}", route), UUID(int=0))
        path = "/" + route.format(**nobodys | names)
        if route.startswith("public/"):
            path += f"?token={stage.token}"
        reading.get(route, partial(api, "GET", path, headers=headers))
    assert reading.shown > 2
    assert reading.wrote == {}


@pytest.mark.django_db
def test_admin_writes_nothing_when_read(stage: Stage) -> None:
    alice = stage.people[ALICE]
    alice.is_staff = alice.is_superuser = True
    alice.save()
    client, reading = stage.client(ALICE), Reading()
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses = [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        first = model._default_manager.first()
        if first is not None:
            addresses += [reverse(f"{name}_{page}", args=[first.pk]) for page in ("change", "history")]
        for path in addresses:
            reading.get(path, partial(client.get, path))
    assert reading.shown > 20
    assert reading.wrote == {}


@pytest.mark.django_db
def test_reading_with_an_ended_session_writes_nothing(stage: Stage) -> None:
    client = stage.client(BOB)
    end_all_sessions(user=stage.people[BOB])
    with written() as noted:
        answer = client.get("/lists")
    assert answer.status_code == 302
    assert answer.cookies[settings.SESSION_COOKIE_NAME].value == "", "the browser drops it"
    assert noted == []


@pytest.mark.django_db
def test_control_write_is_recorded(stage: Stage) -> None:
    with written() as noted:
        stage.client(ALICE).post("/lists", {"title": "Another", "preset": "surprise"})
    assert noted

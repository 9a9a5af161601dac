"""A database that is read-only, not migrated or full: 503 with a reason, and a read-only one can still be read."""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from accounts.models import User
from accounts.tasks import send_mail_job
from core.db import database_state, schema_state
from core.db.database_state import OK, report_state
from core.errors import failures
from jobs.worker import Worker
from tests.support.api_clients import Api, logged_in
from wishlists.models import Wishlist

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30.0


@contextmanager
def read_only() -> Iterator[None]:
    """Make every connection of this process read-only, as after a failover to a standby or on a read-only disk."""
    on = [True]

    def set_up(sender: object, connection: Any, **_: object) -> None:
        value = "on" if on[0] else "off"
        with connection.cursor() as cursor:
            setting = (
                "PRAGMA query_only" if connection.vendor == "sqlite" else "SET default_transaction_read_only"
            )
            cursor.execute(f"{setting} = {value}")

    connection_created.connect(set_up)
    try:
        connection.close()
        yield
    finally:
        on[0] = False
        connection.close()
        if connection.vendor == "postgresql":
            cast("Any", connection).close_pool()  # its connections are still read-only
        connection_created.disconnect(set_up)


@contextmanager
def unprepared() -> Iterator[None]:
    """Pretend that the last migration of wishlists was not run: a column of it is missing."""
    run("ALTER TABLE wishlists_wishlist RENAME COLUMN title TO titel")
    run("UPDATE django_migrations SET name = name || '-' WHERE app = 'wishlists'")
    try:
        yield
    finally:
        run("ALTER TABLE wishlists_wishlist RENAME COLUMN titel TO title")
        run("UPDATE django_migrations SET name = rtrim(name, '-') WHERE app = 'wishlists'")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def health() -> tuple[int, dict[str, str]]:
    answer = Client().get("/health")
    assert ("Retry-After" in answer) == (answer.status_code == 503)
    return answer.status_code, answer.json()


def assert_refused(answer: Any, code: str) -> None:
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["code"] == code
    assert int(answer["Retry-After"]) >= 1


def assert_page(answer: Any, sentence: str) -> None:
    assert (answer.status_code, answer["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert int(answer["Retry-After"]) >= 1
    assert sentence in answer.content.decode()


@pytest.mark.parametrize("debug", [False, True])
def test_read_only_database_can_be_read(
    alice: User, wishlist: Wishlist, settings: Settings, debug: bool
) -> None:
    """Also with DEBUG, which is the default on the user's own machine."""
    settings.DEBUG = debug
    api, browser = Api(logged_in(alice)["access_token"]), Client(raise_request_exception=False)
    browser.force_login(alice)
    browser.get("/lists")
    with read_only():
        assert health() == (
            503,
            {
                "status": "degraded",
                "database": "read_only",
                "realtime": "ok",
                "detail": "The database can be read, but not written to.",
            },
        )
        for path in ("/wishlists", f"/wishlists/{wishlist.pk}", f"/wishlists/{wishlist.pk}/events"):
            assert api("GET", path).status_code == 200, path
        assert browser.get(f"/lists/{wishlist.pk}").status_code == 200
        assert_refused(api("POST", "/wishlists", {"title": "Mine"}), "database_read_only")
        assert_refused(api("DELETE", f"/wishlists/{wishlist.pk}"), "database_read_only")
        assert_refused(
            Api()("POST", "/auth/login", {"email": alice.email, "password": "correct horse battery"}),
            "database_read_only",
        )
        assert_page(browser.post("/lists", {"title": "Mine", "preset": "surprise"}), "Nothing can be saved")
        assert_page(browser.post("/logout"), "Nothing can be saved")
        log_in = {"email": alice.email, "password": "correct horse battery"}
        assert_page(Client(raise_request_exception=False).post("/login", log_in), "Nothing can be saved")
    assert health()[0] == 200
    assert api("POST", "/wishlists", {"title": "Mine"}).status_code == 201


def lines_of_refused_requests(
    alice: User, caplog: pytest.LogCaptureFixture
) -> Iterator[list[logging.LogRecord]]:
    """Send requests to a read-only database: to the API, to a view, and two that fail in middleware. Yield what each
    logged.
    """
    api, browser = Api(logged_in(alice)["access_token"]), Client(raise_request_exception=False)
    browser.force_login(alice)
    key = re.findall(r'name="form_key" value="([^"]+)"', browser.get("/lists").text)[0]
    typed = {"title": "Mine", "preset": "surprise"}
    log_in = {"email": alice.email, "password": "correct horse battery"}
    with read_only():
        sends: list[Callable[[], Any]] = [
            lambda: api("POST", "/wishlists", {"title": "Mine"}),
            lambda: browser.post("/lists", typed),
            lambda: browser.post("/lists", typed | {"form_key": key}),
            lambda: Client(raise_request_exception=False).post("/login", log_in),
        ]
        for send in sends:
            caplog.clear()
            assert send().status_code == 503
            yield [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("debug", [False, True])
def test_each_503_is_one_warning_line(
    alice: User, caplog: pytest.LogCaptureFixture, settings: Settings, debug: bool
) -> None:
    settings.DEBUG = debug
    for lines in lines_of_refused_requests(alice, caplog):
        [line] = lines
        assert (line.levelname, line.exc_info) == ("WARNING", None)
        assert line.getMessage().startswith("503 /")


def test_control_without_the_filter_django_logs_a_traceback(
    alice: User, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("django.request"), "filters", [])
    found = list(lines_of_refused_requests(alice, caplog))
    assert [len(lines) for lines in found[:2]] == [2, 2]
    assert any(line.exc_info for lines in found for line in lines)


def test_control_read_only_database_is_a_500_without_its_code(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api(logged_in(alice)["access_token"])
    api.client.raise_request_exception = False
    monkeypatch.setattr(failures, "_READ_ONLY", "nothing")
    monkeypatch.setattr(sqlite3, "SQLITE_READONLY", -1)
    with read_only():
        assert api("POST", "/wishlists", {"title": "Mine"}).status_code == 500


@pytest.mark.parametrize("debug", [False, True])
def test_database_that_is_not_migrated_gets_503(
    alice: User, wishlist: Wishlist, caplog: pytest.LogCaptureFixture, settings: Settings, debug: bool
) -> None:
    settings.DEBUG = debug
    api, browser = Api(logged_in(alice)["access_token"]), Client(raise_request_exception=False)
    browser.force_login(alice)
    with unprepared():
        status, body = health()
        assert (status, body["status"], body["database"]) == (503, "degraded", "unprepared")
        assert "manage.py migrate" in body["detail"]
        assert_refused(api("GET", "/wishlists"), "database_unprepared")
        assert_refused(api("POST", "/wishlists", {"title": "Mine"}), "database_unprepared")
        assert_page(browser.get("/lists"), "being updated")
        report_state()
    assert "run manage.py migrate" in caplog.text
    assert health()[0] == 200


def test_missing_column_of_a_migrated_database_is_a_500(alice: User, wishlist: Wishlist) -> None:
    """The operator cannot fix it, and it must be reported as an error."""
    api = Api(logged_in(alice)["access_token"])
    api.client.raise_request_exception = False
    with unprepared():
        run("UPDATE django_migrations SET name = rtrim(name, '-') WHERE app = 'wishlists'")
        assert api("GET", "/wishlists").status_code == 500


def test_empty_database_is_unprepared() -> None:
    run("ALTER TABLE django_migrations RENAME TO elsewhere")
    try:
        assert health()[1]["database"] == "unprepared"
    finally:
        run("ALTER TABLE elsewhere RENAME TO django_migrations")


def test_older_server_works_with_a_newer_schema() -> None:
    run("INSERT INTO django_migrations (app, name, applied) VALUES ('wishlists', '9999_newer', '2026-12-01')")
    try:
        assert health() == (200, {"status": "ok", "database": "ok", "realtime": "ok"})
        assert not schema_state.are_tables_ours(), "what it misses there is no fault of its own"
    finally:
        run("DELETE FROM django_migrations WHERE name = '9999_newer'")


@pytest.mark.once
def test_full_disk_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_state, "LEAST_FREE_BYTES", 2**62)
    assert (health()[1]["status"], health()[1]["database"]) == ("degraded", "full")


@pytest.mark.once
def test_concurrent_writer_is_no_problem() -> None:
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
    try:
        assert database_state.database_state() == OK
    finally:
        other.close()


def test_worker_waits_until_the_database_is_writable(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    send_mail_job.enqueue(to=alice.email, subject="Hello", body="Hello")
    worker = Worker()
    thread = threading.Thread(target=worker.run)
    try:
        with read_only():
            thread.start()
            until(lambda: "The worker is waiting for the database" in caplog.text)
        until(lambda: not DBTaskResult.objects.ready().exists())
        until(lambda: "The worker continues" in caplog.text)
    finally:
        worker.stop()
        thread.join()
    assert "Traceback" not in caplog.text


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)

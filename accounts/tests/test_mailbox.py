"""The mailbox: files, a line in the log, a page on this machine only."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def box(settings: Settings, tmp_path: Path, db: None) -> Path:
    settings.DEBUG = True
    settings.MAILBOX_DIR = tmp_path / "mail"
    return Path(settings.MAILBOX_DIR)


def send(subject: str, body: str = "See http://localhost:8000/lists") -> None:
    connection = get_connection("accounts.mailbox.MailboxBackend")
    EmailMessage(subject, body, "us@example.com", ["dora@example.com"], connection=connection).send()


def test_empty(box: Path) -> None:
    assert "No mail yet" in Client().get("/dev/mail").text


def test_what_was_sent_is_listed_newest_first_and_shown(box: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "accounts.mailbox")
    send("First, äöü")
    send("Second <b>")
    assert [record.getMessage() for record in caplog.records] == [
        "Mail to dora@example.com: First, äöü",
        "Mail to dora@example.com: Second <b>",
    ]
    page = Client().get("/dev/mail").text
    assert page.index("Second &lt;b&gt;") < page.index("First, äöü")
    name = min(file.stem for file in box.iterdir())
    shown = Client().get(f"/dev/mail/{name}").text
    assert "First, äöü" in shown
    assert '<a href="http://localhost:8000/lists"' in shown


@pytest.mark.parametrize("path", ["/dev/mail", "/dev/mail/{name}"])
def test_not_for_anybody_else(box: Path, settings: Settings, path: str) -> None:
    send("Secret")
    path = path.format(name=next(box.iterdir()).stem)
    assert Client().get(path).status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.1").get(path).status_code == 404
    assert Client(headers={"x-forwarded-for": "192.0.2.1"}).get(path).status_code == 404
    settings.DEBUG = False
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("name", ["x", "..%2F..%2Fsettings", "20260101T000000000000-deadbeef"])
def test_only_what_is_there(box: Path, name: str) -> None:
    assert Client().get(f"/dev/mail/{name}").status_code == 404

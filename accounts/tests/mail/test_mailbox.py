"""The mailbox without a mail server: files, a line in the log, and a page for this machine only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.checks import run_checks
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from pytest_django import Settings

from accounts.mail import mailbox
from accounts.mail.mailbox import KEPT_FOR, forget_mails
from accounts.tasks import forget_old_mails
from core.jobs.schedule import table


@pytest.fixture
def box(settings: Settings, tmp_path: Path, db: None) -> Path:
    settings.DEBUG = True
    settings.MAILBOX_DIR = tmp_path / "mail"
    return Path(settings.MAILBOX_DIR)


def send(subject: str, body: str = "See http://localhost:8000/lists") -> None:
    connection = get_connection("accounts.mail.mailbox.MailboxBackend")
    EmailMessage(subject, body, "us@example.com", ["dora@example.com"], connection=connection).send()


def test_empty_mailbox_says_so(box: Path) -> None:
    assert "No e-mails yet" in Client().get("/dev/mail").text


def test_sent_mails_are_listed_newest_first_and_logged(box: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "accounts.mail.mailbox")
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
def test_mailbox_is_only_for_this_machine_in_development(box: Path, settings: Settings, path: str) -> None:
    send("Secret")
    path = path.format(name=next(box.iterdir()).stem)
    assert Client().get(path).status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.1").get(path).status_code == 404
    assert Client(headers={"x-forwarded-for": "192.0.2.1"}).get(path).status_code == 404
    settings.DEBUG = False
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("name", ["x", "..%2F..%2Fsettings", "20260101T000000000000-deadbeef"])
def test_unknown_mail_gets_404(box: Path, name: str) -> None:
    assert Client().get(f"/dev/mail/{name}").status_code == 404


def test_mail_files_are_private_and_deleted_after_a_week(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    send("Old")
    [old] = box.iterdir()
    assert (box.stat().st_mode & 0o777, old.stat().st_mode & 0o777) == (0o700, 0o600)
    assert forget_mails() == 0
    with time_machine.travel(datetime.now(UTC) + KEPT_FOR + timedelta(minutes=1), tick=False):
        send("New")
        forget_old_mails()
        assert ["New" in file.read_text() for file in box.iterdir()] == [True]
    monkeypatch.setattr(mailbox, "MOST_KEPT", 2)
    for number in range(4):
        send(f"Number {number}")
    assert forget_mails() == 3
    assert len(list(box.iterdir())) == 2


def test_deletion_is_scheduled_and_needs_no_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MAILBOX_DIR = tmp_path / "none"
    assert "forget mails" in [row.name for row in table()]
    assert forget_mails() == 0


@pytest.mark.parametrize(
    ("debug", "server", "shown"), [(False, "", True), (True, "", False), (False, "mx", False)]
)
def test_production_without_a_mail_server_gets_a_warning(
    settings: Settings, debug: bool, server: str, shown: bool
) -> None:
    settings.DEBUG, settings.SMTP_HOST = debug, server
    assert ("wishlist.W003" in [message.id for message in run_checks(tags=["mail"])]) is shown

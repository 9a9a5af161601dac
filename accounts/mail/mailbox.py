"""A mail backend for machines without a mail server: each mail is a file, a line in the log, and a row on `/dev/mail`."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=7)
MOST_KEPT = 1_000

_NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")


@dataclass(frozen=True)
class Mail:
    """A mail of the mailbox, for the page."""

    name: str
    to: str
    subject: str
    sent_at: datetime
    text: str


class MailboxBackend(BaseEmailBackend):
    """Writes mails as `.eml` files to `MAILBOX_DIR`. Sorted by name, the newest is last."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAILBOX_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for mail in email_messages:
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid4().hex[:8]}"
            file = folder / f"{name}.eml"
            file.touch(mode=0o600)  # mails carry codes and private links
            file.write_bytes(mail.message().as_bytes())
            logger.info("Mail to %s: %s", ", ".join(mail.recipients()), mail.subject)
        return len(email_messages)


def forget_mails() -> int:
    """Delete mails older than KEPT_FOR, and all but the newest MOST_KEPT. Return the number of deleted mails."""
    files = sorted(Path(settings.MAILBOX_DIR).glob("*.eml"))
    oldest = (datetime.now(UTC) - KEPT_FOR).strftime("%Y%m%dT%H%M%S%f")
    over = [file for file in files if file.stem < oldest or file in files[:-MOST_KEPT]]
    for file in over:
        file.unlink(missing_ok=True)
    return len(over)


def newest_mails(limit: int = 100) -> list[Mail]:
    """Return the newest mails, newest first."""
    files = sorted(Path(settings.MAILBOX_DIR).glob("*.eml"), reverse=True)[:limit]
    return [_read(file) for file in files]


def find_mail(name: str) -> Mail | None:
    file = Path(settings.MAILBOX_DIR) / f"{name}.eml"
    return _read(file) if _NAME.fullmatch(name) and file.is_file() else None


def _read(file: Path) -> Mail:
    message = message_from_bytes(file.read_bytes(), _class=ParsedMessage, policy=policy.default)
    body = message.get_body(("plain", "html"))
    return Mail(
        name=file.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
        text=body.get_content() if body else "",
    )

"""Send mail by jobs: the job commits together with what it is about, and sends the mail afterwards (G7)."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from accounts.access.reading import read_by
from accounts.mail.mail_kinds import MailKind
from accounts.models import User
from accounts.tasks import send_mail_job
from core.text.typed_text import one_line

_MANY_LINES = {"note"}
"""Context variables that may have several lines. All others may be used in a subject."""


def send_mail(
    *,
    to: User | str,
    template: str,
    kind: MailKind = MailKind.MESSAGE,
    reader: User | None = None,
    **context: Any,
) -> None:
    """Render a mail in the reader's language and time zone, and enqueue it. People without an address get none.

    `reader` says whose address it is, if it is not that of their account. The job's row contains the text, so mails
    with a secret have their own job. `kind` decides what happens when the mailbox has reached its limit.
    """
    address = to.address if isinstance(to, User) else to
    if not address:
        return
    reader = to if isinstance(to, User) else reader
    with read_by(reader) if reader else nullcontext():
        subject, body = render_mail(template, **context)
    send_mail_job.enqueue(to=address, subject=subject, body=body, kind=kind.value)


def render_mail(template: str, **context: Any) -> tuple[str, str]:
    """Render `emails/<template>.txt`, and return subject (its first line) and body.

    Never put text by other users into mail to an unconfirmed address: it could be used to send spam.
    """
    told = {name: _as_text(name, value) for name, value in context.items()}
    text = render_to_string(f"emails/{template}.txt", {"site_url": settings.SITE_URL, **told})
    subject, _, body = text.strip().partition("\n")
    return one_line(subject), body.strip() + "\n"


def _as_text(name: str, value: Any) -> Any:
    """Return the value on one line. An old title may have a line break, which would cut the subject."""
    return one_line(value) if isinstance(value, str) and name not in _MANY_LINES else value

"""Mail is a job: it commits with what it tells of, and is sent after (G7)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from accounts.mail.mail_kinds import MailKind
from accounts.tasks import send_mail_job
from core.text.typed_text import one_line

_MANY_LINES = {"note"}
"""What templates tell that has lines of its own. The rest may stand in a subject."""


def send_mail(*, to: str, template: str, kind: MailKind = MailKind.MESSAGE, **context: Any) -> None:
    """Render a mail and enqueue it. The job's row keeps its text: what brings a secret has a job of its own.

    `kind` says what becomes of it where the mailbox has had many.
    """
    subject, body = render_mail(template, **context)
    send_mail_job.enqueue(to=to, subject=subject, body=body, kind=kind.value)


def render_mail(template: str, **context: Any) -> tuple[str, str]:
    """Subject and body of `emails/<template>.txt`, whose first line is the subject. Text that somebody else wrote
    has no place in mail to an address that nobody has confirmed: we would be a spammer's relay."""
    told = {name: _as_text(name, value) for name, value in context.items()}
    text = render_to_string(f"emails/{template}.txt", {"site_url": settings.SITE_URL, **told})
    subject, _, body = text.strip().partition("\n")
    return one_line(subject), body.strip() + "\n"


def _as_text(name: str, value: Any) -> Any:
    """A line break in a title from before titles were one line would end the subject in the middle."""
    return one_line(value) if isinstance(value, str) and name not in _MANY_LINES else value

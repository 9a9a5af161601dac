"""Kinds of mail. They decide what happens to a mail when its mailbox has reached the hourly limit (docs/limits.md)."""

from __future__ import annotations

from enum import StrEnum


class MailKind(StrEnum):
    """The kind of a mail."""

    SECURITY = "security"
    """Always sent and not counted, so that other mails cannot suppress it. What it reports has its own rate limit."""
    MESSAGE = "message"
    """Waits until there is room, because its content is nowhere else."""
    RECEIPT = "receipt"
    """Skipped, because the pages show the same."""
    LETTER = "letter"
    """Already counted when it was requested, or when its cause happened (sharing/services/guest_mail.py)."""

"""What becomes of a mail whose mailbox has had its share for the hour (docs/limits.md)."""

from __future__ import annotations

from enum import StrEnum


class MailKind(StrEnum):
    """Told with each mail that is sent."""

    SECURITY = "security"
    """Is sent and not counted: nobody can keep it away by sending others. What it tells of is bounded itself."""
    MESSAGE = "message"
    """Waits until there is room: it is nowhere else."""
    RECEIPT = "receipt"
    """Is left out: the pages have it."""
    LETTER = "letter"
    """Was counted when it was asked for, or when it happened (sharing/services/guest_mail.py)."""

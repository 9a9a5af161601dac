"""The column beside an address by which it is compared. Computed in Python, so that every database has the same."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.mailboxes.mailbox_forms import MAX_MAILBOX, own_mailbox


class MailboxColumn(models.CharField[str, str]):
    """The mailbox of the column `email` of the same row, whatever door the row is written through.

    Migrations know it as a plain column: how a mailbox is found changes without them.
    """

    def __init__(self, **options: Any) -> None:
        for name, value in {"max_length": MAX_MAILBOX, "editable": False, "default": ""}.items():
            options.setdefault(name, value)
        super().__init__(**options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        mailbox = own_mailbox(str(getattr(model_instance, "email", "")))
        setattr(model_instance, self.attname, mailbox)
        return mailbox

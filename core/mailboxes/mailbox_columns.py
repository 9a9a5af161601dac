"""The column with the mailbox of an address, for comparisons. Python computes it, so it is the same in every database."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.mailboxes.mailbox_forms import MAX_MAILBOX, own_mailbox


class MailboxColumn(models.CharField[str, str]):
    """Stores the mailbox of the row's column `email`, with every save.

    Migrations see it as a plain CharField, so that changed rules for mailboxes need no change of the schema.
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

"""The column beside an address by which it is compared. Computed in Python, so that every database has the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from wishlist_project.base.mailboxes import MAX_MAILBOX, account_mailbox


class MailboxColumn(models.CharField[str, str]):
    """`rule` of the column `email` of the same row, whatever door the row is written through.

    Migrations know it as a plain column: what `rule` says changes without them.
    """

    def __init__(self, *, rule: Callable[[str], str] = account_mailbox, **options: Any) -> None:
        for name, value in {"max_length": MAX_MAILBOX, "editable": False, "default": ""}.items():
            options.setdefault(name, value)
        super().__init__(**options)
        self.rule = rule

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        mailbox = self.rule(str(getattr(model_instance, "email", "")))
        setattr(model_instance, self.attname, mailbox)
        return mailbox


class AddressedModel(models.Model):
    """A row with an `email` and the `mailbox` that belongs to it: neither is saved without the other."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        named = kwargs.get("update_fields")
        if named is not None and "email" in named:
            kwargs["update_fields"] = {*named, "mailbox"}
        super().save(*args, **kwargs)

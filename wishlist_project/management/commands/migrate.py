"""`manage.py migrate`: Django's command, but only one process at a time runs it."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as MigrateCommand

from wishlist_project.launch.preparing import prepared_alone


class Command(MigrateCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        with prepared_alone():
            super().handle(*args, **options)

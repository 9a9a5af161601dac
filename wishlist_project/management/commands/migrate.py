"""`manage.py migrate`: Django's command, but only one process at a time runs it, and the planner's statistics follow."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from core.db.planner_statistics import gather_statistics
from wishlist_project.launch.preparing import prepared_alone


class Command(MigrateCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        recorder = MigrationRecorder(connections[options["database"]])
        with prepared_alone():
            before = recorder.applied_migrations().keys()
            super().handle(*args, **options)
            if recorder.applied_migrations().keys() != before:
                gather_statistics(options["database"])

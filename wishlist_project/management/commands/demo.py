"""`manage.py demo`: create the demo once, update it at each start, and recreate it with --reset."""

from __future__ import annotations

import shutil
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from accounts.models import User
from core.db.planner_statistics import gather_statistics
from wishlist_project.demo import upkeep
from wishlist_project.demo.build import build_demo
from wishlist_project.launch.preparing import prepared_alone
from wishlists.models import Wishlist


class Command(BaseCommand):
    help = "Create the demo's people, lists and gifts, unless the database has people already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="delete everything first, after asking")
        parser.add_argument("--noinput", action="store_false", dest="interactive", help="don't ask")

    def handle(self, *args: Any, **options: Any) -> None:
        with prepared_alone():
            self._fill(options)

    def _fill(self, options: dict[str, Any]) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if options["reset"]:
            if options["interactive"] and not self._confirmed():
                self.stdout.write("Nothing was changed.")
                return
            self._delete_everything()
        if not User.objects.exists():
            self.stdout.write("Creating the demo's people, lists and gifts ...")
            build_demo()
            gather_statistics()
        upkeep.repoint_pictures()
        upkeep.guard_moderator()

    def _confirmed(self) -> bool:
        where = connection.settings_dict["NAME"]
        self.stdout.write(
            f"This deletes everything in {where}: {User.objects.count()} people and "
            f"{Wishlist.objects.count()} lists. Then the demo is created again."
        )
        try:
            return input("Type yes to continue: ").strip().lower() == "yes"
        except EOFError:
            return False

    def _delete_everything(self) -> None:
        # Drop the tables, because rows of the append-only logs cannot be deleted (docs/trail.md).
        with connection.schema_editor() as editor:
            for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
                editor.execute(editor.sql_delete_table % {"table": editor.quote_name(table)})
            MigrationRecorder(connection).flush()
        call_command("migrate", interactive=False, verbosity=0)
        shutil.rmtree(settings.MAILBOX_DIR, ignore_errors=True)

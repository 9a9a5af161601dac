"""`manage.py renew_epochs`: run it once after a restore, before serving anybody."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from realtime.log.retention import purge_events, renew_epochs


class Command(BaseCommand):
    help = (
        "Begin a new epoch in every stream, so that each client takes one snapshot. Run this after a restore, because "
        "clients have seen newer event numbers than the restored database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--purge", action="store_true", help="also delete all stored events")

    def handle(self, *, purge: bool, **_options: Any) -> None:
        if purge:
            self.stdout.write(f"{purge_events()} events deleted, and every stream has a new epoch.")
        else:
            self.stdout.write(f"{renew_epochs()} streams have a new epoch.")

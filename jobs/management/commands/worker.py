"""`manage.py worker`: run background jobs until a signal stops it."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from core.db.database_state import report_state
from jobs.worker import Worker


class Command(BaseCommand):
    help = "Run background and periodic jobs. On SIGTERM or Ctrl-C, finish the current job, then stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="run the jobs that are ready now, then stop")

    def handle(self, *, once: bool, **_options: Any) -> None:
        worker = Worker()
        if once:
            self.stdout.write(f"{worker.run_ready()} jobs run.")
            return
        _stop_on_signals(worker)
        report_state()
        self.stdout.write("Waiting for jobs.")
        worker.run()
        self.stdout.write("The worker has stopped.")


def _stop_on_signals(worker: Worker) -> None:
    """Stop the worker on the first signal; the second one kills the process."""

    def stop(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)

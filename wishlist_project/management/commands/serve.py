"""`manage.py serve`: the start command, for `make run` and for a container image."""

from __future__ import annotations

import contextlib
import importlib
import io
import socket
import sys
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable, Sequence
from typing import Any, cast

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from jobs.embedded import start_embedded_jobs
from wishlist_project.launch.database import ensure_database_lets_in
from wishlist_project.launch.listening import bound, ensure_can_listen, ensure_debug_stays_home, listen
from wishlist_project.launch.liveness import Heart
from wishlist_project.launch.preparing import prepared_alone
from wishlist_project.launch.processes import Processes, end_with_parent, inherited
from wishlist_project.launch.terminal import interrupt_by_own_exception, take_terminal_from_make
from wishlist_project.launch.welcome import welcome
from wishlist_project.static_files import collect_if_outdated


class Command(BaseCommand):
    help = "Serve the site on HOST and PORT with SERVER (daphne or uvicorn), background jobs included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="migrate, create the demo data once, and print what to try"
        )
        parser.add_argument("--socket", type=int, help=SUPPRESS)
        parser.add_argument("--heart", type=int, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        take_terminal_from_make()
        interrupt_by_own_exception()
        if isinstance(sys.stdout, io.TextIOWrapper):
            # Print lines at once, also into a file or a pipe.
            sys.stdout.reconfigure(line_buffering=True)
        demo, number = options["demo"], options["socket"]
        with contextlib.suppress(KeyboardInterrupt):
            if number is not None:
                end_with_parent()
                heart = options["heart"]
                beat = [Heart(heart).beat] if heart is not None else []
                self._serve(inherited(number), demo=demo, often=beat)
                return
            self._start(demo=demo)
        self.stdout.write("\nStopped. Your data is kept.")

    def _start(self, *, demo: bool) -> None:
        """Serve as a single process, or as the supervisor of several."""
        ensure_can_listen(settings.HOST, settings.PORT)
        ensure_debug_stays_home(settings.HOST, settings.DEBUG, settings.SITE_HOST)
        load_server(settings.SERVER)
        ensure_database_lets_in(now=demo)
        if demo:
            with prepared_alone():
                self._prepare()
        if not settings.DEBUG and collect_if_outdated():
            self.stdout.write(f"Static files are collected in {settings.STATIC_ROOT}.")
        if settings.PROCESSES > 1:
            connections.close_all()
            Processes(settings.HOST, settings.PORT, settings.PROCESSES, demo=demo).run()
        else:
            self._serve(bound(settings.HOST, settings.PORT), demo=demo)

    def _serve(self, where: socket.socket, *, demo: bool, often: Sequence[Callable[[], None]] = ()) -> None:
        serve = load_server(settings.SERVER)
        if settings.EMBEDDED_JOBS:
            start_embedded_jobs()
        text = welcome(demo=demo)
        connections.close_all()  # of this thread, which now only waits
        application = importlib.import_module("wishlist_project.asgi").application
        listen(where, settings.HOST, settings.PORT)
        serve(application, where, lambda: self.stdout.write(text), often)

    def _prepare(self) -> None:
        """Migrate the database, and create the demo if there are no users."""
        self.stdout.write("Preparing the database ...")
        call_command("demo")


def load_server(name: str) -> Callable[..., None]:
    """Return `serve` of the server's module. Only the chosen one is imported, as the other may not be installed."""
    try:
        module = importlib.import_module(f"wishlist_project.launch.servers.with_{name}")
    except ModuleNotFoundError as missing:
        if missing.name != name:
            raise
        raise CommandError(
            f"{name} is not installed: pip install -r requirements-fast.txt, or leave SERVER at daphne."
        ) from missing
    return cast("Callable[..., None]", module.serve)

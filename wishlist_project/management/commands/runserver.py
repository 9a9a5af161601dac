"""daphne's `runserver`, with sockets and background jobs. It refuses DEBUG on an address that is not loopback."""

from __future__ import annotations

from typing import Any

from daphne.management.commands.runserver import Command as DaphneCommand
from django.conf import settings

from jobs.embedded import start_embedded_jobs
from wishlist_project.launch.listening import ensure_debug_stays_home
from wishlist_project.launch.servers.with_daphne import RawFramesServer


class Command(DaphneCommand):
    server_cls = RawFramesServer

    def run(self, **options: Any) -> None:
        """Check the address before the reloader starts, because an error in its child would be a traceback."""
        ensure_debug_stays_home(self.addr, settings.DEBUG)
        super().run(**options)

    def inner_run(self, *args: Any, **options: Any) -> None:
        if settings.EMBEDDED_JOBS:
            start_embedded_jobs()
        super().inner_run(*args, **options)

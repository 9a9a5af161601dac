#!/usr/bin/env python
"""Django's command line for this project."""

import gc
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wishlist_project.settings")
    gc.disable()  # until the models are loaded: hardly anything is garbage, and looking took a fifth of the start
    try:
        import django
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run `make run`, or `pip install -r requirements.txt` first.")
    try:
        settings.configured or settings.DEBUG  # noqa: B018 - reads the settings, which name the variable that is wrong
    except ImproperlyConfigured as wrong:
        sys.exit(str(wrong))
    if sys.argv[1:2] and (refused := _without_database(sys.argv[1])):
        sys.exit(refused)
    try:
        django.setup()
        gc.freeze()
        gc.enable()
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)


def _without_database(command: str) -> str:
    """Why `command` cannot do its work, if the database is not there for it. A worker waits for one that is away."""
    from wishlist_project.launch.database import is_for_good, why_refused

    if command not in ("migrate", "demo", "worker"):
        return ""
    refused = why_refused()
    return refused if command != "worker" or is_for_good(refused) else ""


if __name__ == "__main__":
    main()

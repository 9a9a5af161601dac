"""Static files without DEBUG: `serve` collects them into STATIC_ROOT under hashed names, if that was not done.

A missing file never makes a page fail: it is linked by its plain name, and an error is logged.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation
from django.core.management import call_command
from django.core.management.base import CommandError
from whitenoise.storage import CompressedManifestStaticFilesStorage

from wishlist_project.launch.preparing import file_locked

logger = logging.getLogger(__name__)

_IGNORED = ["CVS", ".*", "*~"]
"""The patterns that `collectstatic` ignores."""


class CollectedFilesStorage(CompressedManifestStaticFilesStorage):
    """A storage that uses the plain name of a file that is not in the manifest."""

    def load_manifest(self) -> tuple[dict[str, str], str]:
        try:
            paths, digest = super().load_manifest()
        except (ValueError, OSError) as error:
            logger.error("The manifest of static files can't be read. Run collectstatic: %s", error)
            return {}, ""
        return dict(paths), str(digest)

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except (ValueError, SuspiciousFileOperation):
            return name


def collect_if_outdated() -> bool:
    """Collect static files if they are missing or old. Return whether that was done."""
    if are_collected():
        return False
    root = Path(settings.STATIC_ROOT)
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        with file_locked(root.with_name(f"{root.name}.lock")):
            if not are_collected():
                call_command("collectstatic", interactive=False, verbosity=0)
    except OSError as error:
        raise CommandError(
            f"STATIC_ROOT {root} cannot be written ({error.strerror or error}): "
            "make it writable, or run collectstatic where it is."
        ) from error
    return True


def report_if_outdated() -> None:
    """Log an error if collected files are missing or old. System checks are shown only by `manage.py`, not by other servers."""
    if not settings.DEBUG and not are_collected():
        logger.error(
            "Static files in %s are missing or older than the code: run collectstatic.", settings.STATIC_ROOT
        )


def are_collected() -> bool:
    """Return whether STATIC_ROOT has every file as in the code, and the manifest lists it."""
    storage: Any = staticfiles_storage
    known = getattr(storage, "hashed_files", None)
    return all(
        (known is None or name in known) and _same(source, Path(settings.STATIC_ROOT) / name)
        for name, source in _sources()
    )


def _sources() -> Iterator[tuple[str, Path]]:
    """Yield name and path of every file of the finders. The first finder with a name wins."""
    seen: set[str] = set()
    for finder in get_finders():
        for path, storage in finder.list(_IGNORED):
            prefix = getattr(storage, "prefix", "")
            name = f"{prefix}/{path}" if prefix else path
            if name not in seen:
                seen.add(name)
                yield name, Path(storage.path(path))


def _same(source: Path, copy: Path) -> bool:
    try:
        return source.stat().st_size == copy.stat().st_size and source.read_bytes() == copy.read_bytes()
    except OSError:
        return False

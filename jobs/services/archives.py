"""Make ZIP files of which the same contents give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

_ANY_TIME = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a ZIP can hold. The time at which a file was made would say when something changed."""
_FILE, _BY_UNIX, _STORED = 0o644 << 16, 3, (".webp", ".png", ".jpg")


def zip_of(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a ZIP with these files, in this order. Pictures are compressed already."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, content in files:
            about = zipfile.ZipInfo(path, _ANY_TIME)
            about.external_attr, about.create_system = _FILE, _BY_UNIX
            about.compress_type = zipfile.ZIP_STORED if path.endswith(_STORED) else zipfile.ZIP_DEFLATED
            archive.writestr(about, content, compresslevel=6)
    return made.getvalue()

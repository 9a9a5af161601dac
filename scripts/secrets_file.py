"""Generate the secrets once, in `secrets.env` in the data folder, readable only for its owner. Settings read it last.

This script uses only the standard library and no settings, which refuse to load without secrets.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("SECRET_KEY", "JWT_SECRET_KEY", "LINK_SECRET")


def data_dir() -> Path:
    """Return the data folder as settings do: from the process, then from `.env`, else `var`."""
    dotenv = ROOT / ".env"
    said = re.search(r"^DATA_DIR=(.+)$", dotenv.read_text() if dotenv.is_file() else "", re.MULTILINE)
    text = os.environ.get("DATA_DIR") or (said[1].strip("\"' ") if said else "")
    return Path(text or ROOT / "var").expanduser()


def write_secrets(folder: Path) -> None:
    """Write the secrets, one per line. An existing file is kept, because new secrets would end every session and link."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(folder / "secrets.env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("# Generated once. Losing this file signs everybody out and breaks every shared link.\n")
        file.writelines(f"{name}={secrets.token_urlsafe(50)}\n" for name in NAMES)


if __name__ == "__main__":
    write_secrets(data_dir())

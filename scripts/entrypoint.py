"""The entry point of the image: `entrypoint.py COMMAND…` makes what a first start lacks, and then is that command.

Without settings it is an installation for this machine: secrets are generated into the volume, and the site's address
is where docker-compose.yml offers it. What is offered to others needs an address of its own, and is refused without.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.secrets_file import NAMES, data_dir, write_secrets

OFFERED = "127.0.0.1:8000"
"""As docker-compose.yml has it where PUBLISH is not set."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def prepare(variables: MutableMapping[str, str], folder: Path) -> str:
    """Fill in what is not set, in `variables` and in `folder`. Returns why it cannot start, or nothing."""
    host, port = _split(variables.get("PUBLISH") or OFFERED)
    here = f"http://localhost:{port}"
    address = variables.get("SITE_URL") or ("" if variables.get("SITE_URL_FILE") else here)
    if host not in LOOPBACK and address and (urlsplit(address).hostname or "") in LOOPBACK:
        return (
            f"PUBLISH={variables['PUBLISH']} offers the site to other machines, but its address is {address}: "
            "set SITE_URL to the address that people type, or PUBLISH to 127.0.0.1 and a port."
        )
    if address:
        variables["SITE_URL"] = address
    if not all(variables.get(name) or variables.get(f"{name}_FILE") for name in NAMES):
        try:
            write_secrets(folder)
        except OSError as error:
            return (
                f"Secrets cannot be generated in {folder} ({error.strerror}): make it writable, or set them."
            )
    return ""


def _split(published: str) -> tuple[str, str]:
    """Host and port; a port alone is offered on every address."""
    host, _, port = published.rpartition(":")
    return host.strip("[]"), port


if __name__ == "__main__":
    if refused := prepare(os.environ, data_dir()):
        sys.exit(refused)
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - the image's own command

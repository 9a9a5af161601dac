"""The entry point of the image: `entrypoint.py COMMAND…` prepares the first start, and then executes the command.

Without settings, the installation is for this machine only: secrets are generated in the volume, and the site's address is
the one that docker-compose.yml publishes. If the site is published to other machines without SITE_URL, the start is refused.
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
"""The default in docker-compose.yml, if PUBLISH is not set."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def prepare(variables: MutableMapping[str, str], folder: Path) -> str:
    """Set missing `variables`, and generate missing secrets in `folder`. Return why the start is refused, or ""."""
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
    """Return host and port. The host is empty if only a port is given, which publishes it on every address."""
    host, _, port = published.rpartition(":")
    return host.strip("[]"), port


if __name__ == "__main__":
    if refused := prepare(os.environ, data_dir()):
        sys.exit(refused)
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - the image's own command

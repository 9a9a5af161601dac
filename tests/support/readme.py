"""Read and run code blocks of the README."""

from __future__ import annotations

import re
import subprocess

from tests.support.running.site import ROOT, Site

README = (ROOT / "README.md").read_text()


def block(heading: str, language: str) -> str:
    """Return the first code block in that language below that heading."""
    found = re.search(rf"^## {heading}$.*?^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert found is not None, heading
    return found[1]


def in_five_requests(site: Site, then: str = "") -> str:
    """Run the block of five requests against `site`, followed by `then`, and return the output."""
    script = block("The API in five requests", "sh")
    assert len(re.findall(r"curl -s ", script)) == 5
    command = ["bash", "-euo", "pipefail", "-c", script.replace("http://127.0.0.1:8000", site.url) + then]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout

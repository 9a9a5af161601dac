"""Short readable names of devices, made from the `User-Agent` header: "Firefox on Linux".

The name helps people to recognise their own log-ins. It proves nothing, because clients can send any header. So the
tables are short and need no library: an unknown program is named as it names itself.
"""

from __future__ import annotations

import re

# The first match counts: Edge and Opera also name Chrome, Chrome also names Safari, and Android also names Linux.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
_PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9_. -]{0,38}", re.ASCII)


def device_name(user_agent: str) -> str:
    """Return a name such as "Firefox on Linux" or "curl", or "" if the header says nothing readable."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and user_agent.startswith("Mozilla/"):
        return f"{browser} on {system}" if system else browser
    program = _PROGRAM.match(user_agent)
    return program[0].strip() if program and not user_agent.startswith("Mozilla/") else system

"""The machine of the measurement: its hardware, and how busy it is."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def busy() -> float:
    """Return the CPU seconds that all processes have used since the machine was started."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    idle = fields[3] + fields[4]
    return (sum(fields[:8]) - idle) / os.sysconf("SC_CLK_TCK")


def ours() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def describe() -> dict[str, object]:
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "cores": os.cpu_count(),
        "processor": names[0].partition(": ")[2] if names else platform.machine(),
        "python": platform.python_version(),
        "load": [round(value, 1) for value in os.getloadavg()],
    }

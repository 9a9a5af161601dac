"""The queues of the worker. Each has a lane of its own, so that mail does not wait for a long job."""

from __future__ import annotations

MAIL = "default"
PEOPLES_JOBS = "jobs"

"""Limits of what is noted of people."""

from __future__ import annotations

MAX_BULK = 500
"""People in one request."""
MAX_REMIND_DAYS = 60
MAX_SIZE, MAX_SIZE_NAME, MAX_SIZES = 60, 30, 20
MAX_TEXT = 10_000

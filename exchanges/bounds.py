"""Limits of what people type about exchanges."""

from __future__ import annotations

MAX_PARTICIPANTS = 100
MAX_TEXT = 2_000
MAX_TOKEN = 100
CODE_DIGITS = (4, 8)
"""The shortest and the longest code of a private link."""

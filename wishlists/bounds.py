"""Limits for the length of texts and the size of numbers, for the API, pages and the admin."""

from __future__ import annotations

MAX_DESCRIPTION = 10_000
MAX_MESSAGE = 2_000
MAX_ADDRESS = 2_048
MAX_TOKEN = 256
MAX_ADDRESSES = 10
"""The maximum number of links, or of pictures, of one item."""
MAX_POSITION = 2**31 - 1
MAX_QUANTITY = 10_000

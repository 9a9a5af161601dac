"""The doors of this floor, and nobody behind them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings


@pytest.fixture
def core_client() -> Iterator[Client]:
    """A client of urls.py that returns a 500 instead of raising it."""
    with override_settings(ROOT_URLCONF="core.tests.urls"):
        yield Client(raise_request_exception=False)

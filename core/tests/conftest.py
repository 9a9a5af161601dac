"""Fixtures of core's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings


@pytest.fixture
def core_client() -> Iterator[Client]:
    """A test client for urls.py. It returns a 500 and does not raise the exception."""
    with override_settings(ROOT_URLCONF="core.tests.urls"):
        yield Client(raise_request_exception=False)

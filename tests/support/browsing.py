"""Logged-in browsers without scripts: fixtures for test users. Loaded by the root conftest.py."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def alices(alice: User) -> Client:
    return as_user(alice)


@pytest.fixture
def bobs(bob: User) -> Client:
    return as_user(bob)

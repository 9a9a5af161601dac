"""Fixture of the world before each action, built once a module."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.laws.actions import World, build
from tests.laws.clients import Known
from tests.support.stages import rolled_back
from wishlists.models.viewers import Audience

POLICIES = ["surprise", *(pytest.param(policy, marks=pytest.mark.once) for policy in ("status", "open"))]
"""The policies differ only in who sees what, which doesn't depend on the database."""


@pytest.fixture(scope="module", params=POLICIES)
def built(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    password_hash: str,
) -> Iterator[World]:
    """The world before each action, and the state that each audience knows. Built once, and rolled back at the end."""
    with rolled_back(django_db_blocker):
        world = build(request.param, password_hash)
        world["known"] = {audience: Known.of(world, audience) for audience in Audience}
        yield world


@pytest.fixture
def world(built: World) -> World:
    """The world with fresh objects for each test, because services change the objects that they get."""
    return copy.deepcopy(built)

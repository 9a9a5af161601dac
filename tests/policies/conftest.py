"""The stages are many and are only looked at, so they are built once a module, in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.policies.stage import SETTINGS, Stage
from tests.support.stages import rolled_back

Stages = dict[str, Stage]


@pytest.fixture(scope="module")
def stages(django_db_setup: None, django_db_blocker: DjangoDbBlocker, password_hash: str) -> Iterator[Stages]:
    """By setting. What a test changes is undone after it, as everywhere."""
    with rolled_back(django_db_blocker):
        yield {setting: Stage(setting, password_hash) for setting in SETTINGS}

"""Fixtures for the tests of the whole product."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.running.site import Site, running_site


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server like that of `make run`, with its own data."""
    folder = tmp_path_factory.mktemp("demo")
    variables = {"DATA_DIR": str(folder / "data"), "DATABASE_URL": "", "REDIS_URL": ""}
    with running_site(folder / "log", arguments=["--demo"], variables=variables) as site:
        yield site

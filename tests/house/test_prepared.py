"""Only modules that read rows use prepared statements, because these depend on private parts of Django."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sources import ROOT, imports, modules

pytestmark = pytest.mark.once

PREPARED = "core.db.prepared"
READING = (
    "core/db",
    "accounts/queries",
    "wishlists/queries",
    "wishlists/projections",
    "sharing/queries",
    "realtime/log",
)
"""The folders that may use them (docs/adr/0011-statements-are-made-once-where-rows-are-read.md)."""


def elsewhere(root: Path) -> list[str]:
    """Return where the product imports it outside those folders."""
    return [
        f"{module.path}:{line}"
        for module in modules(root)
        if not module.is_test and module.path.parent.as_posix() not in READING
        for line, name in imports(module)
        if name == PREPARED or name.startswith(f"{PREPARED}.")
    ]


def test_prepared_statements_are_used_only_where_rows_are_read() -> None:
    assert elsewhere(ROOT) == []


@pytest.mark.parametrize("line", ["from core.db.prepared import prepared", "from core.db import prepared"])
@pytest.mark.parametrize("file", ["wishlists/services/reserving.py", "wishlists/web/cards/cards.py"])
def test_control_planted_use_is_named(file: str, line: str, tmp_path: Path) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(f'"""A module."""\n{line}\n')
    assert elsewhere(tmp_path) == [f"{file}:2"]

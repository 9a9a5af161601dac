"""No module imports a test module. Tests share code in factories, conftest.py or a module of their folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sources import PACKAGES, ROOT, imports, modules

pytestmark = pytest.mark.once


def imports_of_tests(root: Path) -> list[str]:
    """Return `file:line imports name` for each import of a test module, or of anything in one."""
    return [
        f"{module.path}:{line} imports {name}"
        for module in modules(root)
        for line, name in imports(module)
        if name.partition(".")[0] in PACKAGES and any(part.startswith("test_") for part in name.split("."))
    ]


def test_no_module_imports_a_test_module() -> None:
    assert imports_of_tests(ROOT) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("from wishlists.tests.services.test_a import take", "wishlists.tests.services.test_a.take"),
        ("from wishlists.tests.services import test_a as a", "wishlists.tests.services.test_a"),
        ("from .test_a import take", "wishlists.tests.services.test_a.take"),
        ("def f():\n    import tests.laws.test_a", "tests.laws.test_a"),
    ],
)
def test_planted_import_of_a_test_module_is_named(line: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "wishlists/tests/services").mkdir(parents=True)
    (tmp_path / "wishlists/tests/services/test_b.py").write_text(f"import os\n{line}\n")
    at = 2 + line.count("\n")
    assert imports_of_tests(tmp_path) == [f"wishlists/tests/services/test_b.py:{at} imports {name}"]


def test_other_imports_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "wishlists/tests").mkdir(parents=True)
    lines = "from django.test import Client\nfrom wishlists.tests.factories import take\n"
    (tmp_path / "wishlists/tests/test_b.py").write_text(lines)
    assert imports_of_tests(tmp_path) == []

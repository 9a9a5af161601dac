"""Queries compare email addresses only by their mailbox column, because each database folds upper and lower case in
its own way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import Module, modules

pytestmark = pytest.mark.once

_FOLDED = re.compile(r"(\w+__)?email__i?(exact|contains|startswith|endswith|in|regex)")
_FOLDERS = {"Lower", "Upper", "normalize_email"}
_QUERIES = {"filter", "exclude", "get", "get_or_create", "update_or_create"}


def comparisons(module: Module) -> Iterator[str]:
    """Return each place in `module` where a query compares an address. Comparing with "" asks whether there is one."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            named = [keyword.arg or "" for keyword in node.keywords if not _is_empty(keyword.value)]
            asks = name in _QUERIES and any(re.fullmatch(r"(\w+__)?email", word) for word in named)
            folds = name in _FOLDERS and any(_says_email(argument) for argument in node.args)
            if asks or folds or name == "normalize_email" or any(map(_FOLDED.fullmatch, named)):
                yield f"{module.path}:{node.lineno}"
        elif isinstance(node, ast.Constant) and _FOLDED.fullmatch(str(node.value)):
            yield f"{module.path}:{node.lineno}"


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == ""


def _says_email(node: ast.expr) -> bool:
    return "email" in ast.unparse(node)


def _is_ours(module: Module) -> bool:
    return not module.is_test and "migrations" not in module.path.parts


def test_no_query_compares_addresses() -> None:
    assert [place for module in modules() if _is_ours(module) for place in comparisons(module)] == []


@pytest.mark.parametrize(
    "planted",
    [
        "User.objects.filter(email__iexact=typed)", "User.objects.get(email=typed)", "Q(guest__email__iexact=typed)",
        "members.filter(user__email=typed)", "Lower('email')", "Lower(F('user__email'))", "filter(**{'email__iexact': x})",
        "User.objects.normalize_email(typed)",
    ],
)  # fmt: skip
def test_planted_comparison_is_found(planted: str, tmp_path: Path) -> None:
    (tmp_path / "accounts").mkdir()
    (tmp_path / "accounts/planted.py").write_text(planted)
    (module,) = modules(tmp_path)
    assert list(comparisons(module)) == ["accounts/planted.py:1"]

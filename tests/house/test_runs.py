"""Each test belongs to a run, and tests about statements, locks, constraints or threads run on both databases."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from pytest_django import Settings

from tests.support.runs import (
    BOTH,
    MORE,
    PART,
    QUICK,
    SECOND,
    SLOW,
    belongs,
    in_order,
    may_belong,
    overlooked,
)
from tests.support.sources import ROOT, Module, modules

pytestmark = pytest.mark.once

WORDS = {
    "django.db": {
        "connection",
        "connections",
        "DatabaseError",
        "DataError",
        "IntegrityError",
        "OperationalError",
    },
    "django.test.utils": {"CaptureQueriesContext"},
    "concurrent.futures": {"ThreadPoolExecutor"},
    "threading": {"Barrier", "Thread"},
}
FIXTURES = {"django_assert_num_queries", "django_assert_max_num_queries", "transactional_db"}
MARKS = {"both", "once", "postgresql", "redis"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def unmarked(root: Path) -> list[str]:
    """Return `file: test` for each test that depends on a database, but that the second run would leave out."""
    return [
        f"{module.path}: {function.name}"
        for module in modules(root)
        if module.path.name.startswith("test_") and not str(module.path).startswith(BOTH)
        if not _is_marked(module.tree)
        for function in _dependent(module)
        if function.name.startswith("test_") and not _is_marked(function)
    ]


def _is_marked(where: ast.Module | Function) -> bool:
    """Return whether a mark of the module or function says so, or that it commits."""
    if isinstance(where, ast.Module):
        assigned = (node for node in where.body if isinstance(node, ast.Assign))
        marks = [node.value for node in assigned if ast.unparse(node.targets[0]) == "pytestmark"]
    else:
        marks = list(where.decorator_list)
    nodes = [node for mark in marks for node in ast.walk(mark)]
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    commits = any(isinstance(node, ast.keyword) and node.arg == "transaction" for node in nodes)
    return commits or bool(names & MARKS)


def _dependent(module: Module) -> Iterator[Function]:
    """Return the functions that use such words, and those that use these functions or fixtures."""
    functions = [node for node in module.tree.body if isinstance(node, Function)]
    found = _imported(module) | FIXTURES
    while new := {function.name for function in functions if _used(function) & found} - found:
        found |= new
    return (function for function in functions if function.name in found)


def _imported(module: Module) -> set[str]:
    froms = (node for node in ast.walk(module.tree) if isinstance(node, ast.ImportFrom))
    names = {
        alias.asname or alias.name
        for node in froms
        for alias in node.names
        if alias.name in WORDS.get(node.module or "", ())
    }
    whole = any(
        isinstance(node, ast.Import) and any(alias.name == "threading" for alias in node.names)
        for node in module.tree.body
    )
    return names | ({"threading"} if whole else set())


def _used(function: Function) -> set[str]:
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return names | {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}


def test_tests_that_depend_on_a_database_are_marked() -> None:
    assert unmarked(ROOT) == []


PLANTED = """
from django.db import IntegrityError, connection
import threading
def helper(): connection.cursor()
@pytest.fixture
def without(): helper()
def test_by_fixture(without): ...
def test_by_thread(): threading.Thread()
def test_by_count(django_assert_num_queries): ...
def test_by_error():
    with pytest.raises(IntegrityError): ...
@pytest.mark.both
def test_said(): helper()
@pytest.mark.django_db(transaction=True)
def test_commits(): helper()
def test_of_something_else(client): client.get("/")
"""


def test_planted_tests_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "wishlists/tests/web"
    folder.mkdir(parents=True)
    (folder / "test_a.py").write_text(PLANTED)
    names = ("test_by_fixture", "test_by_thread", "test_by_count", "test_by_error")
    assert unmarked(tmp_path) == [f"wishlists/tests/web/test_a.py: {name}" for name in names]


@pytest.mark.parametrize("mark", ["pytest.mark.both", "[pytest.mark.django_db, pytest.mark.once]"])
def test_mark_of_the_module_is_enough(mark: str, tmp_path: Path) -> None:
    folder = tmp_path / "wishlists/tests/web"
    folder.mkdir(parents=True)
    (folder / "test_a.py").write_text(f"pytestmark = {mark}\n{PLANTED}")
    assert unmarked(tmp_path) == []


def test_every_folder_that_runs_on_both_exists() -> None:
    assert [folder for folder in BOTH if not (ROOT / folder).is_dir()] == []


class Item:
    """A collected test, with the attributes that runs.py uses."""

    def __init__(self, nodeid: str, *marks: pytest.MarkDecorator, fixturenames: tuple[str, ...] = ()) -> None:
        self.nodeid, self.marks, self.fixturenames = nodeid, marks, fixturenames

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return next((mark.mark for mark in self.marks if mark.name == name), None)


PAGE, VERB = "wishlists/tests/web/test_lists.py::test_x", "wishlists/tests/services/test_status.py::test_x"
BROWSER = "tests/in_browser/test_live.py::test_x"


@pytest.mark.parametrize(
    ("item", "first", "second"),
    [
        (Item(PAGE), True, False),
        (Item(PAGE, pytest.mark.both), True, True),
        (Item(PAGE, pytest.mark.django_db), True, False),
        (Item(PAGE, pytest.mark.django_db(transaction=True)), True, True),
        (Item(PAGE, fixturenames=("transactional_db",)), True, True),
        (Item(PAGE, pytest.mark.postgresql), False, True),
        (Item(PAGE, pytest.mark.redis), False, True),
        (Item(VERB), True, True),
        (Item(VERB, pytest.mark.once), True, False),
        (Item(VERB, pytest.mark.once, pytest.mark.django_db(transaction=True)), True, False),
    ],
)
def test_every_test_is_in_one_of_the_two_runs(
    item: Item, first: bool, second: bool, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    found = []
    for embedded in (True, False):
        settings.EMBEDDED_DATABASE, settings.REDIS_URL = embedded, "" if embedded else "redis://"
        monkeypatch.setenv(SECOND, "" if embedded else "1")
        found.append(belongs(cast("pytest.Item", item)))
    assert found == [first, second]


@pytest.mark.parametrize(
    ("item", "parts"),
    [
        (Item(PAGE), [QUICK, ""]),
        (Item(BROWSER), [MORE, ""]),
        (Item(BROWSER, pytest.mark.smoke), [QUICK, MORE, ""]),
        (Item("tests/nemesis/test_storm.py::test_x"), []),
    ],
)
def test_every_test_is_in_a_part(item: Item, parts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is also in a run that names no part, except the nemesis, which is asked for by name."""
    monkeypatch.delenv("NEMESIS", raising=False)
    monkeypatch.delenv(SECOND, raising=False)
    found = []
    for part in (QUICK, MORE, ""):
        monkeypatch.setenv(PART, part)
        if belongs(cast("pytest.Item", item)):
            found.append(part)
    assert found == parts


@pytest.mark.parametrize(
    ("path", "source", "quick", "second"),
    [
        ("wishlists/tests/web/test_lists.py", "", True, False),
        ("wishlists/tests/web/test_lists.py", "@pytest.mark.both", True, True),
        ("wishlists/tests/web/test_lists.py", "@pytest.mark.django_db(transaction=True)", True, True),
        ("wishlists/tests/services/test_status.py", "", True, True),
        ("wishlists/tests/services/test_status.py", "pytestmark = pytest.mark.once", True, False),
        ("wishlists/tests/services/test_status.py", "@pytest.mark.once", True, True),
        ("wishlists/tests/services/test_status.py", "pytestmark = pytest.mark.slow", False, True),
        ("tests/in_browser/test_live.py", "@pytest.mark.both", False, True),
        ("tests/in_browser/test_live.py", "@pytest.mark.smoke", True, False),
        ("tests/nemesis/test_storm.py", "", False, False),
    ],
)
def test_modules_without_a_test_for_the_run_are_not_imported(
    path: str, source: str, quick: bool, second: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("NEMESIS", SECOND, PART):
        monkeypatch.delenv(variable, raising=False)
    with monkeypatch.context() as patch:
        patch.setenv(PART, QUICK)
        assert may_belong(path, source) is quick
    monkeypatch.setenv(SECOND, "1")
    assert may_belong(path, source) is second


@pytest.mark.parametrize("marks", [(pytest.mark.both,), (pytest.mark.smoke,)])
def test_test_with_a_mark_that_its_module_does_not_name_is_reported(
    marks: tuple[pytest.MarkDecorator, ...], tmp_path: Path
) -> None:
    """Its module would not be imported in one of the runs, and the test would be lost."""
    module = "tests/in_browser/test_live.py"
    (tmp_path / "tests/in_browser").mkdir(parents=True)
    (tmp_path / module).write_text("def test_x() -> None: ...")
    items = [cast("pytest.Item", Item(f"{module}::test_x", *each)) for each in ((), marks)]
    assert overlooked(items[:1], tmp_path) == set()
    assert overlooked(items, tmp_path) == {module}


def test_longest_tests_come_first() -> None:
    items = [cast("pytest.Item", Item(nodeid)) for nodeid in (PAGE, VERB, BROWSER)]
    assert [item.nodeid for item in in_order(items)] == [BROWSER, PAGE, VERB]


def test_every_slow_test_exists() -> None:
    assert [path for path in SLOW if not (ROOT / path).exists()] == []

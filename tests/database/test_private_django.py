"""The private parts of Django that core/db/prepared.py depends on. If an upgrade changes one, a test here fails and
names it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models import query as querysets
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.query import Query
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.db.prepared import prepared
from wishlists.models import Item, Member, Reservation

pytestmark = pytest.mark.django_db

SIGNATURES: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "Query.get_compiler": (
        lambda: Query.get_compiler,
        ["self", "using", "connection", "elide_empty"],
    ),
    "SQLCompiler.as_sql": (lambda: SQLCompiler.as_sql, ["self", "with_limits", "with_col_aliases"]),
    "SQLCompiler.execute_sql": (
        lambda: SQLCompiler.execute_sql,
        ["self", "result_type", "chunked_fetch", "chunk_size"],
    ),
    "SQLCompiler.get_converters": (lambda: SQLCompiler.get_converters, ["self", "expressions"]),
    "SQLCompiler.has_composite_fields": (
        lambda: SQLCompiler.has_composite_fields,
        ["self", "expressions"],
    ),
    "BaseIterable": (
        lambda: querysets.BaseIterable.__init__,
        ["self", "queryset", "chunked_fetch", "chunk_size"],
    ),
}
"""The functions that we call or replace, with their arguments."""

KINDS: dict[str, Callable[[UUID], QuerySet[Any, Any]]] = {
    "objects": lambda pk: Item.objects.filter(pk=pk),
    "objects with others and annotations": lambda pk: (
        Item.objects.select_related("wishlist__owner")
        .annotate(is_taken=Exists(Reservation.objects.filter(item=OuterRef("pk"))))
        .filter(pk=pk)
    ),
    "dicts": lambda pk: Item.objects.filter(pk=pk).values("title", "wishlist__title"),
    "tuples": lambda pk: Item.objects.filter(pk=pk).values_list("title", "wishlist__title"),
    "single values": lambda pk: Item.objects.filter(pk=pk).values_list("title", flat=True),
}


def moved(item_id: UUID) -> list[str]:
    """Return the names of the parts that have changed."""
    found = [name for name, (thing, arguments) in SIGNATURES.items() if _arguments(thing) != arguments]
    if not inspect.isclass(getattr(Item.objects.all(), "_iterable_class", None)):
        found.append("QuerySet._iterable_class")
    if found:
        return found  # without these, reading rows cannot be tried
    return [f"rows as {kind}" for kind, build in KINDS.items() if not _asks_once(build(item_id))]


def _arguments(thing: Callable[[], Any]) -> list[str] | None:
    try:
        return list(inspect.signature(thing()).parameters)
    except AttributeError:
        return None


def _asks_once(rows: QuerySet[Any, Any]) -> bool:
    """Return whether reading asks the query for one compiler, and that compiler for its rows once, in chunks."""
    query: Any = rows.query
    compiler = query.get_compiler(using=DEFAULT_DB_ALIAS)
    text, values = compiler.as_sql()
    asked: list[str] = []

    def get_compiler(*_args: Any, **_options: Any) -> Any:
        asked.append("compiler")
        return compiler

    def execute_sql(*_args: Any, **_options: Any) -> list[Any]:
        asked.append("rows")
        with connection.cursor() as cursor:
            cursor.execute(text, values)
            return [cursor.fetchall()]

    query.get_compiler, compiler.execute_sql = get_compiler, execute_sql
    iterable: Any = rows._iterable_class
    with CaptureQueriesContext(connection) as captured:
        found = list(iterable(rows))
    return asked == ["compiler", "rows"] and len(captured) == 1 and len(found) == 1


def test_private_parts_of_django_are_unchanged(item: Item) -> None:
    assert moved(item.pk) == []


def _without_iterable_class(patch: pytest.MonkeyPatch) -> None:
    own = QuerySet.__init__

    def made(rows: Any, *args: Any, **options: Any) -> None:
        own(rows, *args, **options)
        del rows._iterable_class

    patch.setattr(QuerySet, "__init__", made)


def _another_way_to_rows(patch: pytest.MonkeyPatch) -> None:
    """Let values be read by a compiler that is made in another way."""

    def rows(iterable: Any) -> Any:
        compiler = Query.get_compiler(iterable.queryset.query, iterable.queryset.db)
        return iter(compiler.results_iter(tuple_expected=True))

    patch.setattr(querysets.ValuesListIterable, "__iter__", rows)


def _rows_asked_twice(patch: pytest.MonkeyPatch) -> None:
    own = SQLCompiler.results_iter

    def twice(self: Any, *args: Any, **options: Any) -> Any:
        self.execute_sql()
        return own(self, *args, **options)

    patch.setattr(SQLCompiler, "results_iter", twice)


MOVES: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "a name": (lambda patch: patch.delattr(SQLCompiler, "execute_sql"), "SQLCompiler.execute_sql"),
    "an argument": (
        lambda patch: patch.setattr(SQLCompiler, "as_sql", lambda self, limits: ("", ())),
        "SQLCompiler.as_sql",
    ),
    "the class that makes rows": (_without_iterable_class, "QuerySet._iterable_class"),
    "the way to rows": (_another_way_to_rows, "rows as tuples"),
    "how often rows are asked for": (_rows_asked_twice, "rows as objects"),
}


@pytest.mark.parametrize("what", MOVES)
def test_control_changed_part_is_named(what: str, item: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    move, name = MOVES[what]
    with monkeypatch.context() as patch:
        move(patch)
        found = moved(item.pk)
    assert name in found


@pytest.mark.parametrize("kind", KINDS)
def test_prepared_statement_returns_the_rows_of_the_plain_one(kind: str, item: Item) -> None:
    @prepared
    def rows(*, pk: UUID) -> QuerySet[Any, Any]:
        return KINDS[kind](pk)

    plain = list(KINDS[kind](item.pk))
    for _ in range(2):
        [found], [expected] = rows(pk=item.pk), plain
        assert found == expected
        if isinstance(found, Item):
            assert _loaded(found) == _loaded(expected)


def _loaded(item: Any) -> dict[str, Any]:
    """Return the columns and annotations, and the columns of related rows that were loaded too."""
    loaded = {name: value for name, value in vars(item).items() if name != "_state"}
    return loaded | {name: _loaded(one) for name, one in item._state.fields_cache.items()}


def test_prepared_statement_can_return_no_rows(item: Item, bob: User) -> None:
    @prepared
    def places(*, user_id: UUID) -> QuerySet[Member]:
        return Member.objects.select_related("user").filter(user_id=user_id, removed_at=None)

    assert [place.user for place in places(user_id=bob.pk)] == [bob]
    assert places(user_id=UUID(int=0)) == []

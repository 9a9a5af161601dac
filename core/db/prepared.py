"""Statements that are made once: a queryset is built and compiled the first time, then only its values change.

Building and compiling a queryset costs Django more than half of the CPU of a request (bench/lab-book.md), and comes to
the same text each time. `@prepared` keeps the text, and the way back from rows to objects, for each thread and its
connection:

    @prepared
    def _shown(*, item_id: UUID, user_id: UUID) -> ItemQuerySet:
        return Item.objects.visible_to(...).filter(pk=item_id)

    rows = _shown(item_id=item.pk, user_id=user.pk)         # a list of what the queryset yields

Arguments that are UUIDs or plain texts are put in anew each time. Any other argument (a flag, a member of an enum) is part
of the statement: each value makes one of its own, so pass only what has few. What the function takes from elsewhere must
never change; one that says something else when it is asked again, such as the time, is refused.

PostgreSQL keeps a plan of such a statement for each connection (prepared_cursor.py): planning took it several times as long
as the rows.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar
from uuid import UUID, uuid4

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

from core.db.prepared_cursor import prepared_cursor

P = ParamSpec("P")
R = TypeVar("R")

MOST = 32
"""Statements of one function. More would be a value that should be put in."""


_era = [0]
_preparable: set[tuple[Callable[..., Any], Any]] = set()
"""Statements of which a thread has found that they say nothing but their arguments. Others need not build them twice."""

_KEPT_AS = "prepared_statements"


def forget_statements() -> None:
    """For tests that replace what statements are made of: from now on all are made anew."""
    _era[0] += 1
    _preparable.clear()


class NotPreparable(Exception):
    """The function says something that would be frozen, or that there is no end of."""


def prepared(build: Callable[P, QuerySet[Any, R]]) -> Callable[P, list[R]]:
    @functools.wraps(build)
    def rows(*args: P.args, **values: P.kwargs) -> list[R]:
        plans = _plans_of(build)
        key = tuple((name, type(value) if _varies(value) else value) for name, value in values.items())
        if key not in plans:
            if len(plans) >= MOST:
                raise NotPreparable(f"{build.__name__} has been asked for more than {MOST} statements.")
            plans[key] = _Plan(build, values, is_known=(build, key) in _preparable)
            _preparable.add((build, key))
        return plans[key].rows(values)

    return rows


def _plans_of(build: Callable[..., Any]) -> dict[Any, _Plan]:
    """They are kept on the connection that they are made for, and go with it. A thread has more than one: another while
    a loop runs in it."""
    here = vars(connections[DEFAULT_DB_ALIAS])
    era, plans = here.get(_KEPT_AS, (None, {}))
    if era != _era[0]:
        plans = {}
        here[_KEPT_AS] = _era[0], plans
    found: dict[Any, _Plan] = plans.setdefault(build, {})
    return found


class _Plan:
    """One statement, compiled for the connection of this thread."""

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], values: Mapping[str, Any], *, is_known: bool
    ) -> None:
        try:
            self._queryset, self._compiler, self._text, self._given = _compiled(build, values)
            # Whatever was made of an argument, or of the clock, comes out different with other marks in its place.
            again = (self._text, self._given) if is_known else _compiled(build, values)[2:]
        except EmptyResultSet:
            self._is_empty = True
            return
        self._is_empty = False
        if (self._text, self._given) != again or _without_place(values, self._given):
            raise NotPreparable(f"{build.__name__} says more than its arguments, such as what time it is.")
        self._compiler.execute_sql = self._fetch
        # What turns a column into a value depends on the columns only.
        converters = self._compiler.get_converters([column for column, *_ in self._compiler.select])
        self._compiler.get_converters = lambda _columns: converters
        has_composite = self._compiler.has_composite_fields([column for column, *_ in self._compiler.select])
        self._compiler.has_composite_fields = lambda _columns: has_composite
        query: Any = self._queryset.query
        query.get_compiler = lambda *_args, **_options: self._compiler

    def rows(self, values: Mapping[str, Any]) -> list[Any]:
        """What the queryset yields with these values."""
        if self._is_empty:
            return []
        self._values = values
        iterable: Any = self._queryset._iterable_class
        return list(iterable(self._queryset))

    def _fetch(self, *_args: Any, **_options: Any) -> list[Sequence[Any]]:
        """Django reads rows in chunks. Statements that are prepared find few, so there is one."""
        with prepared_cursor() as cursor:
            cursor.execute(self._text, self._now())
            return [cursor.fetchall()]

    def _now(self) -> tuple[Any, ...]:
        return tuple(value.of(self._values) if isinstance(value, _Mark) else value for value in self._given)


@dataclass(frozen=True)
class _Mark:
    """Where an argument goes. PostgreSQL's driver takes UUIDs as they are, SQLite's their digits."""

    name: str
    as_digits: bool

    def of(self, values: Mapping[str, Any]) -> Any:
        value = values[self.name]
        return value.hex if self.as_digits else value


def _compiled(
    build: Callable[..., QuerySet[Any, Any]], values: Mapping[str, Any]
) -> tuple[QuerySet[Any, Any], Any, str, list[Any]]:
    """With a value that nobody else has in the place of each argument that varies."""
    stand_ins = {name: _stand_in(value) for name, value in values.items() if _varies(value)}
    marks: dict[Any, _Mark] = {one: _Mark(name, as_digits=False) for name, one in stand_ins.items()}
    marks |= {
        one.hex: _Mark(name, as_digits=True) for name, one in stand_ins.items() if isinstance(one, UUID)
    }
    queryset = build(**{**values, **stand_ins})
    compiler: Any = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
    text, given = compiler.as_sql()
    return queryset, compiler, text, [marks.get(one, one) if _varies(one) else one for one in given]


def _stand_in(value: Any) -> Any:
    return uuid4() if isinstance(value, UUID) else str(uuid4())


def _varies(value: Any) -> bool:
    """Members of enums are texts too, and each has a statement of its own."""
    return isinstance(value, UUID) or type(value) is str


def _without_place(values: Mapping[str, Any], given: Sequence[Any]) -> set[str]:
    """Arguments that vary and that the statement has no place for."""
    return {name for name, value in values.items() if _varies(value)} - {
        one.name for one in given if isinstance(one, _Mark)
    }

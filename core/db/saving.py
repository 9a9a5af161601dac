"""Save several rows in one round trip to the database, with the signals that `save()` sends.

A verb often writes three rows: what it changes, what it adds, and the log. Each `save()` builds a statement and waits for
the database, while the verb holds locks. `save_together` sends one statement on PostgreSQL, which runs all or none of its
parts. SQLite is in the same process and runs them one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models.signals import post_save, pre_save

from core.db.prepared_cursor import prepared_cursor

AT_ONCE = 100
"""Rows in one statement of `save_many`. Their parameters stay far below the limit of 65,535."""


@dataclass(frozen=True)
class Insert:
    """A new row. Its key is known already, so nothing is returned."""

    row: models.Model
    fields: None = field(default=None, init=False)

    def statement(self) -> tuple[str, list[Any]]:
        fields = type(self.row)._meta.concrete_fields
        return _insert(type(self.row)), [_value(self.row, one, add=True) for one in fields]


@dataclass(frozen=True)
class Update:
    """Some fields of a stored row. The database adds the numbers in `plus` to columns, whatever it finds there."""

    row: models.Model
    fields: tuple[str, ...] = ()
    plus: Mapping[str, int] = field(default_factory=dict)

    def statement(self) -> tuple[str, list[Any]]:
        meta = type(self.row)._meta
        values = [_value(self.row, meta.get_field(name), add=False) for name in self.fields]
        key = _value(self.row, meta.pk, add=False)
        return _update(type(self.row), self.fields, tuple(self.plus)), [*values, *self.plus.values(), key]


Save = Insert | Update


def save_together(*saves: Save) -> None:
    """Write these rows. They must not depend on each other's database defaults, and no row may occur twice.

    Call it inside a transaction. Raises IntegrityError as `save()` does; then none of them is written.
    """
    for one in saves:
        pre_save.send(**_told(one), **_as_saved(one))
    _run([one.statement() for one in saves])
    for one in saves:
        one.row._state.adding, one.row._state.db = False, connection.alias
        if isinstance(one, Update):
            for name, number in one.plus.items():
                setattr(one.row, name, getattr(one.row, name) + number)
        post_save.send(**_told(one), created=isinstance(one, Insert), **_as_saved(one))


def save_many(saves: Sequence[Save]) -> None:
    """Write any number of rows like `save_together`, a hundred in one round trip."""
    for start in range(0, len(saves), AT_ONCE):
        save_together(*saves[start : start + AT_ONCE])


def _run(statements: Sequence[tuple[str, list[Any]]]) -> None:
    parts = statements
    if connection.vendor == "postgresql":
        texts = [text for text, _ in statements]
        parts = [(_as_one(texts), [value for _, values in statements for value in values])]
    with prepared_cursor() as cursor:
        for text, values in parts:
            cursor.execute(text, values)


def _as_one(texts: Sequence[str]) -> str:
    """All but the last become common table expressions. PostgreSQL runs them whether they are read or not."""
    *others, last = texts
    before = ", ".join(f"part{number} AS ({text})" for number, text in enumerate(others))
    return f"WITH {before} {last}" if before else last


def _told(one: Save) -> dict[str, Any]:
    return {"sender": type(one.row), "instance": one.row}


def _as_saved(one: Save) -> dict[str, Any]:
    changed = None if isinstance(one, Insert) else frozenset({*one.fields, *one.plus})
    return {"raw": False, "using": connection.alias, "update_fields": changed}


def _value(row: models.Model, column: Any, *, add: bool) -> Any:
    return column.get_db_prep_save(column.pre_save(row, add), connection=connection)


@cache
def _insert(model: type[models.Model]) -> str:
    columns = [_quoted(one.column) for one in model._meta.concrete_fields]
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608


@cache
def _update(model: type[models.Model], fields: Sequence[str], plus: Sequence[str]) -> str:
    meta = model._meta
    sets = [f"{_column(model, name)} = %s" for name in fields]
    sets += [f"{(name := _column(model, one))} = {name} + %s" for one in plus]
    where = f"{_quoted(meta.pk.column)} = %s"
    return f"UPDATE {_quoted(meta.db_table)} SET {', '.join(sets)} WHERE {where}"  # noqa: S608


def _column(model: type[models.Model], field: str) -> str:
    found: Any = model._meta.get_field(field)
    return _quoted(found.column)


def _quoted(name: Any) -> str:
    return str(connection.ops.quote_name(name))

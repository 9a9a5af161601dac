"""Steps of migrations that keep what the older form of a table cannot hold: going back loses nothing.

On the way back, rows and columns that are about to go are copied into a table beside theirs, such as
`wishlists_contribution_kept_by_0003`. On the way forward they return, and that table is dropped. `keep_aside` is the last
operation of its migration, so that it is the first on the way back. The older form may have changed rows in between: what
it said stands, and rows about something that was deleted meanwhile stay away (docs/deployment.md, "Going back").
"""

# ruff: noqa: S608 - the statements are made of the migrations' own words

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.management.color import no_style
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


@dataclass(frozen=True)
class KeptRows:
    """Whole rows of a model: all of a table that goes, or those `where` the older form has no place for them."""

    model: str
    where: str = ""

    def keep(self, table: _Table) -> None:
        table.copy("*", self.where or "TRUE")
        if self.where:
            table.execute(f"DELETE FROM {table.name} WHERE {self.where}")

    def restore(self, table: _Table) -> None:
        columns = ", ".join(table.columns)
        table.execute(
            f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {table.kept} AS kept"
            f" WHERE {' AND '.join(table.references_that_exist()) or 'TRUE'}"
        )
        table.reset_sequences()


@dataclass(frozen=True)
class KeptColumns:
    """Columns of a model, of the rows `where` they say something.

    `then` is what the older form is given instead, as the right side of an UPDATE. They return to the rows that are still
    as `unless_changed` says, where `kept.` names what was kept. `label` tells tables of one model and migration apart.
    """

    model: str
    names: tuple[str, ...]
    where: str = "TRUE"
    then: str = ""
    unless_changed: str = "TRUE"
    label: str = ""

    def keep(self, table: _Table) -> None:
        table.copy(", ".join(("id", *self.names)), self.where)
        if self.then:
            table.execute(f"UPDATE {table.name} SET {self.then} WHERE {self.where}")

    def restore(self, table: _Table) -> None:
        assigned = ", ".join(f"{name} = kept.{name}" for name in self.names)
        table.execute(
            f"UPDATE {table.name} SET {assigned} FROM {table.kept} AS kept"
            f" WHERE kept.id = {table.name}.id AND {self.unless_changed}"
        )


def keep_aside(number: str, *kept: KeptRows | KeptColumns) -> migrations.RunPython:
    """A step of the migration of that number. Models stand in the order in which their rows refer to each other."""

    def keep(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for one, table in _tables(apps, editor, number, kept):
            one.keep(table)
        _check_references_now(editor)

    def restore(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        there = set(editor.connection.introspection.table_names())
        for one, table in _tables(apps, editor, number, kept):
            if table.kept in there:
                one.restore(table)
        _check_references_now(editor)
        for _one, table in _tables(apps, editor, number, kept):
            if table.kept in there:
                table.execute(f"DROP TABLE {table.kept}")

    return KeepAside(restore, keep)


class KeepAside(migrations.RunPython):
    """Does not ask for the models where nothing was kept, as in every new database: to render them takes its time."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if any("_kept_by_" in name for name in schema_editor.connection.introspection.table_names()):
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class _Table:
    """One table of the migration's state, and the one beside it."""

    def __init__(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor, kept: str) -> None:
        self._model, self._editor = model, editor
        self.name = model._meta.db_table
        self.kept = f"{self.name}_kept_by_{kept}"
        self.columns = [str(field.column) for field in model._meta.local_fields]

    def execute(self, statement: str) -> None:
        with self._editor.connection.cursor() as cursor:
            cursor.execute(statement)

    def copy(self, columns: str, where: str) -> None:
        self.execute(f"CREATE TABLE {self.kept} AS SELECT {columns} FROM {self.name} WHERE {where}")

    def references_that_exist(self) -> Iterator[str]:
        for field in self._model._meta.local_fields:
            target = field.related_model
            if target is None or isinstance(target, str) or target._meta.db_table == self.name:
                continue
            there = f"SELECT 1 FROM {target._meta.db_table} AS target WHERE target.id = kept.{field.column}"
            yield f"(kept.{field.column} IS NULL OR EXISTS ({there}))"

    def reset_sequences(self) -> None:
        """PostgreSQL numbers on behind the rows that came back."""
        for statement in self._editor.connection.ops.sequence_reset_sql(no_style(), [self._model]):
            self.execute(statement)


def _tables(
    apps: Any,
    editor: BaseDatabaseSchemaEditor,
    number: str,
    kept: tuple[KeptRows | KeptColumns, ...],
) -> Iterator[tuple[KeptRows | KeptColumns, _Table]]:
    """Of a model of which all rows are kept, the tables of its many-to-many fields as well."""
    for one in kept:
        model = apps.get_model(one.model)
        suffix = f"{number}_{one.label}" if isinstance(one, KeptColumns) and one.label else number
        yield one, _Table(model, editor, suffix)
        if isinstance(one, KeptRows) and not one.where:
            for field in model._meta.local_many_to_many:
                yield one, _Table(field.remote_field.through, editor, suffix)


def _check_references_now(editor: BaseDatabaseSchemaEditor) -> None:
    """PostgreSQL alters no table while its deferred checks of that table are outstanding."""
    if editor.connection.vendor == "postgresql":
        with editor.connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

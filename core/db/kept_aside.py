"""Migration operations that keep data which an older schema cannot hold, so that migrating back loses nothing.

On the way back, rows and columns that are about to be removed are copied into a second table, such as
`wishlists_contribution_kept_by_0003`. On the way forward they are restored, and that table is dropped. `keep_aside` must be
the last operation of its migration, so that it runs first on the way back. The older version may have changed rows in
between: its changes win, and rows that refer to something deleted are not restored (docs/deployment.md, "Going back").
"""

# ruff: noqa: S608 - the statements contain only text of our migrations

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
    """Keeps whole rows of a model: all rows of a table that is dropped, or those that the older schema cannot hold."""

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
    """Keeps columns of a model, for the rows that match `where`.

    `then` is the SET clause of an UPDATE that gives these rows their values for the older schema. The columns are restored
    in rows that match `unless_changed`, in which `kept.` refers to the kept values. `label` tells several tables of one
    model and migration apart.
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
    """Return the operation for the migration with this number. Order the models so that rows come after those they refer to."""

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
    """Skips rendering the models if nothing was kept, as in every new database, because rendering is slow."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if any("_kept_by_" in name for name in schema_editor.connection.introspection.table_names()):
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class _Table:
    """A table of the migration's state, together with the table of its kept data."""

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
        """Make PostgreSQL continue its numbering after the restored rows."""
        for statement in self._editor.connection.ops.sequence_reset_sql(no_style(), [self._model]):
            self.execute(statement)


def _tables(
    apps: Any,
    editor: BaseDatabaseSchemaEditor,
    number: str,
    kept: tuple[KeptRows | KeptColumns, ...],
) -> Iterator[tuple[KeptRows | KeptColumns, _Table]]:
    """Yield the tables. If all rows of a model are kept, its many-to-many tables are included."""
    for one in kept:
        model = apps.get_model(one.model)
        suffix = f"{number}_{one.label}" if isinstance(one, KeptColumns) and one.label else number
        yield one, _Table(model, editor, suffix)
        if isinstance(one, KeptRows) and not one.where:
            for field in model._meta.local_many_to_many:
                yield one, _Table(field.remote_field.through, editor, suffix)


def _check_references_now(editor: BaseDatabaseSchemaEditor) -> None:
    """Run deferred constraint checks now: PostgreSQL cannot alter a table while checks of it are pending."""
    if editor.connection.vendor == "postgresql":
        with editor.connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

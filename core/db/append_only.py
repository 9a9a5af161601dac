"""Append-only tables: triggers in the database refuse every change of a row."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_append_only(table: str) -> migrations.RunPython:
    """Return a migration operation that makes `table` append-only, even for bugs and for `update()` in a shell."""

    def protect(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        _execute(editor, _postgresql(table) if _is_postgresql(editor) else _sqlite(table))

    def release(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        _execute(editor, _postgresql_back(table) if _is_postgresql(editor) else _sqlite_back(table))

    return migrations.RunPython(protect, release)


def _is_postgresql(editor: BaseDatabaseSchemaEditor) -> bool:
    return editor.connection.vendor == "postgresql"


def _execute(editor: BaseDatabaseSchemaEditor, statements: list[str]) -> None:
    with editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _postgresql(table: str) -> list[str]:
    refuse = f"FOR EACH {{}} EXECUTE FUNCTION {table}_is_append_only()"
    return [
        f"""
        CREATE OR REPLACE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """,
        f"CREATE TRIGGER row_stays BEFORE UPDATE OR DELETE ON {table} {refuse.format('ROW')}",
        f"CREATE TRIGGER is_not_emptied BEFORE TRUNCATE ON {table} {refuse.format('STATEMENT')}",
    ]


def _postgresql_back(table: str) -> list[str]:
    return [
        f"DROP TRIGGER is_not_emptied ON {table}",
        f"DROP TRIGGER row_stays ON {table}",
        f"DROP FUNCTION {table}_is_append_only()",
    ]


def _sqlite(table: str) -> list[str]:
    """Return the statements for SQLite. INSERT OR REPLACE deletes without firing the trigger on DELETE, so a trigger on
    INSERT refuses it.
    """
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    replaced = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608 - our own table
    return [
        f"CREATE TRIGGER {table}_not_updated BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table} {replaced} {refuse}",
    ]


def _sqlite_back(table: str) -> list[str]:
    return [f"DROP TRIGGER {table}_not_{done}" for done in ("replaced", "deleted", "updated")]

"""The log is append-only, and the database itself sees to it: neither a fault of ours nor a shell's `update()` changes a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MESSAGE = "the log of a list is append-only"
TABLE = "wishlists_activity"

POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION wishlists_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER log_row_stays BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION wishlists_log_is_append_only();
CREATE TRIGGER log_is_not_emptied BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION wishlists_log_is_append_only();
"""
POSTGRESQL_BACK = f"""
DROP TRIGGER log_is_not_emptied ON {TABLE};
DROP TRIGGER log_row_stays ON {TABLE};
DROP FUNCTION wishlists_log_is_append_only();
"""

# INSERT OR REPLACE deletes without asking the trigger on DELETE, so it is caught before it inserts.
SQLITE = [
    f"CREATE TRIGGER log_row_is_not_updated BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    f"CREATE TRIGGER log_row_is_not_deleted BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    """
    CREATE TRIGGER log_row_is_not_replaced BEFORE INSERT ON wishlists_activity
    WHEN EXISTS (SELECT 1 FROM wishlists_activity WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the log of a list is append-only'); END
    """,
]
SQLITE_BACK = [
    "DROP TRIGGER log_row_is_not_replaced",
    "DROP TRIGGER log_row_is_not_deleted",
    "DROP TRIGGER log_row_is_not_updated",
]


def protect(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _execute(schema_editor, [POSTGRESQL], SQLITE)


def release(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _execute(schema_editor, [POSTGRESQL_BACK], SQLITE_BACK)


def _execute(
    schema_editor: BaseDatabaseSchemaEditor, postgresql: Sequence[str], sqlite: Sequence[str]
) -> None:
    statements = postgresql if schema_editor.connection.vendor == "postgresql" else sqlite
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("wishlists", "0003_giving_in_full")]

    operations = [migrations.RunPython(protect, release)]

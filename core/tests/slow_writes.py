"""For controls of races on PostgreSQL: a wider gap between look and write, so that the bug does not depend on chance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models

SECONDS = 0.05


@contextmanager
def slow_writes(model: type[models.Model]) -> Iterator[None]:
    """Every update of a row of `model` takes a while, for every process. The first to write sleeps with the row
    locked; whoever looked without a lock meanwhile has seen the state of before, and goes on after it."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION test_slowly() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM pg_sleep({SECONDS}); RETURN NEW; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER test_slowly BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION test_slowly()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER test_slowly ON {table}")

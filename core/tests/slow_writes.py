"""Slow updates on PostgreSQL for negative controls of race tests: they widen the gap between look and write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models

SECONDS = 0.05


@contextmanager
def slow_writes(model: type[models.Model]) -> Iterator[None]:
    """Make every update of a row of `model` slow, in every process.

    The first writer sleeps with the row locked. Others that read without a lock meanwhile see the old state and then
    write on its basis.
    """
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

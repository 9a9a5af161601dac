"""Capture the plans of the statements that our code executes, and find those that read a table from end to end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

_PLANNED = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
_NAMED = re.compile(
    r'(?:FROM|JOIN|UPDATE|INTO)\s+"(\w+)"(?:\s+(?:AS\s+)?"?(?!ON\b|WHERE\b|SET\b|INNER\b|LEFT\b)(\w+)"?)?'
)
_SQLITE_SCAN = re.compile(r"SCAN (\w+)")


@dataclass
class Plans:
    """The statements that were planned, and the scans of each that read too much."""

    large: frozenset[str]
    """The tables that must not be read from end to end."""
    most_rows: int
    """How many rows of a table one step may read. PostgreSQL counts them."""
    statements: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)

    def note(self, sql: str, params: Any) -> None:
        self.statements.append(sql)
        find = self._on_sqlite if connection.vendor == "sqlite" else self._on_postgresql
        found = list(find(sql, params))
        if found:
            self.bad.append(f"{'; '.join(found)}: {sql}")

    def _on_postgresql(self, sql: str, params: Any) -> Iterator[str]:
        """Run the statement in a savepoint: a scan by index may read as much as one without."""
        with transaction.atomic(), connection.connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
            plan = cursor.fetchone()[0][0]["Plan"]
            transaction.set_rollback(True)
        for node in _nodes(plan):
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in self.large:
                yield f"sequential scan of all {node['Relation Name']}"
            read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
            name = node.get("Index Name") or node.get("Relation Name")
            if name and read > self.most_rows:
                yield f"{read:g} rows by {node['Node Type']} on {name}"

    def _on_sqlite(self, sql: str, params: Any) -> Iterator[str]:
        tables = {alias or name: name for name, alias in _NAMED.findall(sql)}
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            steps = [row[3] for row in cursor.fetchall()]
        for step in steps:
            scan = _SQLITE_SCAN.match(step)
            if scan and tables.get(scan[1], scan[1]) in self.large:
                yield f"{step}: a scan of all {scan[1]}"


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


@contextmanager
def planned(plans: Plans) -> Iterator[None]:
    """Note the plan of every statement that is executed meanwhile."""
    asking = False

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal asking
        if not asking and not many and _PLANNED.match(sql):
            asking = True
            try:
                plans.note(sql, params)
            finally:
                asking = False
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield

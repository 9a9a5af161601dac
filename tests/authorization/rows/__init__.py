"""The table: a row for every operation of the API, in a module for each subject.

`test_table.py` names an operation without a row, and a row without an operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.authorization.roles import Row
from tests.authorization.rows import accounts, giving, links, lists, moderation, news, people

Rows = dict[str, Row]

MODULES: tuple[Rows, ...] = (
    accounts.ROWS,
    lists.ROWS,
    giving.ROWS,
    links.ROWS,
    news.ROWS,
    people.ROWS,
    moderation.ROWS,
)


def operations(rows: Mapping[str, Row]) -> Iterator[tuple[str, Row]]:
    """Return each operation with its row. `PUT,PATCH path` are two."""
    for name, row in rows.items():
        methods, _, path = name.partition(" ")
        yield from ((f"{method} {path}", row) for method in methods.split(","))


TABLE: Rows = {}
for _rows in MODULES:
    for _name, _row in operations(_rows):
        assert _name not in TABLE, f"two rows for {_name}"
        TABLE[_name] = _row

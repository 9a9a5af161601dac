"""The reading of the contract: how much it finds, and that a part which can no longer be found is an error."""

from __future__ import annotations

import pytest

from tests.contract.support.markdown import fields_with_values, section, shaped, tables, words_of
from tests.contract.support.tables import CONTRACT, answered, audience_cells, endpoints, promises

FOUND = {
    "endpoints": 50,
    "bodies": 50,
    "answers": 112,
    "fields": 40,
    "notifications": 16,
    "roles": 16,
    "audiences": 48,
    "transitions": 9,
    "activity": 3,
    "errors": 28,
    "ways in": 7,
    "client messages": 19,
    "server events": 67,
    "close codes": 10,
}
"""Counted by hand in docs/contract.md. Whoever adds to the contract counts here too: a reader that goes blind is seen."""


def test_the_reader_finds_all_there_is() -> None:
    found = promises(CONTRACT.read_text())
    assert {part: len(names) for part, names in found.items()} == FOUND
    assert all(len(set(names)) == len(names) for names in found.values())


def test_a_part_that_is_gone_is_an_error() -> None:
    text = CONTRACT.read_text()
    for words in (
        "## WebSocket",
        "Notification kinds",
        "Viewers reserve",
        "activity of kind",
        "Client → server",
    ):
        with pytest.raises(LookupError):
            promises(text.replace(words, ""))


def test_methods_multiply_and_paths_follow() -> None:
    assert endpoints("GET, PATCH `/a/{id}` (also as `/b`)") == [
        "GET /a/{id}",
        "PATCH /a/{id}",
        "GET /b",
        "PATCH /b",
    ]
    assert endpoints("POST `/a/{id}/accept`, `…/reject`; GET `/c`") == [
        "POST /a/{id}/accept", "POST /a/{id}/reject", "GET /c",
    ]  # fmt: skip


def test_fields_of_code_are_named_with_their_parents() -> None:
    assert words_of('{a, b?: [{c, d: "value"}], e}') == ["a", "b", "b.c", "b.d", "e"]


def test_values_belong_to_the_field_before_them() -> None:
    cell = "`email`, `role`: `viewer` | `editor`, `size` (`s`, of old), `x, y`"
    assert fields_with_values(cell) == [
        "email",
        "role",
        "role=viewer",
        "role=editor",
        "size",
        "size=s",
        "x",
        "y",
    ]


def test_shapes_are_shared_across_a_joint() -> None:
    assert shaped("`a {x}`, `b` / `c {y: {z}}`, `d` (like `a`), `e` and `f {w}`") == {
        "a": ["x"], "b": ["y", "y.z"], "c": ["y", "y.z"], "d": [], "e": ["w"], "f": ["w"],
    }  # fmt: skip


def test_answers_are_statuses_and_names() -> None:
    row = ["POST `/a`", "", '201 `{id, kind: "x"}`; 404 `no_such_thing`, 9 items']
    assert answered(row) == [f"answer /a: {name}" for name in ("201", "404", "id", "kind", "no_such_thing")]


def test_cells_are_fields_by_audiences() -> None:
    names = audience_cells(
        ["field", "GIVER (let in)", "PUBLIC"], ["`n_total`, `…_paid`; order (of all)", "", ""]
    )
    assert names == [
        "GIVER: n_total", "PUBLIC: n_total", "GIVER: n_paid", "PUBLIC: n_paid", "GIVER: order", "PUBLIC: order",
    ]  # fmt: skip


def test_a_bar_behind_a_backslash_stays_in_its_cell() -> None:
    assert tables("| a | b |\n|---|---|\n| x \\| y | z |\n")[0].rows == [["x \\| y", "z"]]


def test_a_section_ends_at_the_next_heading() -> None:
    assert section("# A\none\n## B\ntwo\n", "A").strip() == "one"

"""The parser of the contract: how many names it finds, and an error if it can no longer find a part."""

from __future__ import annotations

import pytest

from tests.contract.support.markdown import fields_with_values, section, shaped, tables, words_of
from tests.contract.support.tables import CONTRACT, answered, audience_cells, endpoints, names_by_part

FOUND = {
    "endpoints": 58,
    "bodies": 59,
    "answers": 133,
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
"""Counted by hand in docs/contract.md. Adding to the contract means raising a number here, so that a parser that
misses rows is noticed."""


def test_parser_finds_every_name() -> None:
    found = names_by_part(CONTRACT.read_text())
    assert {part: len(names) for part, names in found.items()} == FOUND
    assert all(len(set(names)) == len(names) for names in found.values())


def test_missing_part_is_an_error() -> None:
    text = CONTRACT.read_text()
    for words in (
        "## WebSocket",
        "Notification kinds",
        "Viewers reserve",
        "activity of kind",
        "Client → server",
    ):
        with pytest.raises(LookupError):
            names_by_part(text.replace(words, ""))


def test_each_method_is_combined_with_each_path() -> None:
    assert endpoints("GET, PATCH `/a/{id}` (also as `/b`)") == [
        "GET /a/{id}",
        "PATCH /a/{id}",
        "GET /b",
        "PATCH /b",
    ]
    assert endpoints("POST `/a/{id}/accept`, `…/reject`; GET `/c`") == [
        "POST /a/{id}/accept", "POST /a/{id}/reject", "GET /c",
    ]  # fmt: skip


def test_fields_of_code_have_the_names_of_their_parents() -> None:
    assert words_of('{a, b?: [{c, d: "value"}], e}') == ["a", "b", "b.c", "b.d", "e"]


def test_values_belong_to_the_preceding_field() -> None:
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


def test_names_joined_by_a_slash_or_and_share_a_shape() -> None:
    assert shaped("`a {x}`, `b` / `c {y: {z}}`, `d` (like `a`), `e` and `f {w}`") == {
        "a": ["x"], "b": ["y", "y.z"], "c": ["y", "y.z"], "d": [], "e": ["w"], "f": ["w"],
    }  # fmt: skip


def test_answers_are_split_into_statuses_and_names() -> None:
    row = ["POST `/a`", "", '201 `{id, kind: "x"}`; 404 `no_such_thing`, 9 items']
    assert answered(row) == [f"answer /a: {name}" for name in ("201", "404", "id", "kind", "no_such_thing")]


def test_cells_are_combinations_of_fields_and_audiences() -> None:
    names = audience_cells(
        ["field", "GIVER (let in)", "PUBLIC"], ["`n_total`, `…_paid`; order (of all)", "", ""]
    )
    assert names == [
        "GIVER: n_total", "PUBLIC: n_total", "GIVER: n_paid", "PUBLIC: n_paid", "GIVER: order", "PUBLIC: order",
    ]  # fmt: skip


def test_escaped_bar_stays_in_its_cell() -> None:
    assert tables("| a | b |\n|---|---|\n| x \\| y | z |\n")[0].rows == [["x \\| y", "z"]]


def test_section_ends_at_the_next_heading() -> None:
    assert section("# A\none\n## B\ntwo\n", "A").strip() == "one"

"""Authorization is a table (G18): every operation of the API × everybody who may ask × the states that matter.

The rows are in `rows/`, and the states in `states.py`. docs/authorization.md says how to add one.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

import pytest

from tests.authorization.cast import Cast, cast, forget_answers, undone
from tests.authorization.roles import ROLES, Row
from tests.authorization.rows import TABLE
from tests.authorization.states import STATES, about_list, expected_in
from wishlist_project.openapi import openapi_document
from wishlists.access.viewpoint import Viewpoint

__all__ = ["cast"]

# Services enforce permissions with Python, the same on both databases.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def answers(cast: Cast, operation: str, row: Row, roles: Iterable[str] = ROLES) -> dict[str, int]:
    """Return the status that each role gets."""
    method, _, path = operation.partition(" ")
    found = {}
    for role in roles:
        with undone():
            found[role] = cast.ask(role, method, path, row).status_code
    return found


def documented() -> set[str]:
    return {
        f"{method.upper()} {path.removeprefix('/api/v1').removeprefix('/')}"
        for path, operations in openapi_document()["paths"].items()
        for method in operations
    }


def test_every_operation_has_a_row() -> None:
    assert documented() - set(TABLE) == set()


def test_every_row_has_an_operation() -> None:
    assert set(TABLE) - documented() == set()


@pytest.mark.parametrize("operation", TABLE)
def test_everybody_gets_what_the_table_says(cast: Cast, operation: str) -> None:
    row = TABLE[operation]
    assert answers(cast, operation, row) == row.expected


@pytest.mark.parametrize("name", STATES)
def test_everybody_gets_what_the_state_says(cast: Cast, name: str) -> None:
    state = STATES[name]
    wrong = {}
    with undone():
        state.prepare(cast)
        forget_answers()
        for operation in filter(about_list, TABLE):
            expected = expected_in(state, operation, TABLE)
            found = answers(cast, operation, TABLE[operation], expected)
            if found != expected:
                wrong[operation] = (found, expected)
    assert wrong == {}


def test_every_pattern_of_a_state_matches_an_operation() -> None:
    patterns = {
        pattern for state in STATES.values() for answers in state.different.values() for pattern in answers
    }
    assert [one for one in patterns if not any(fnmatchcase(operation, one) for operation in TABLE)] == []


@pytest.mark.parametrize(
    ("permission", "operation", "role"),
    [
        ("require_owner", "GET wishlists/{wishlist_id}/shares", "editor"),
        ("require_editor", "POST wishlists/{wishlist_id}/items", "viewer"),
        ("require_giver", "POST wishlists/{wishlist_id}/items/{item_id}/contributions", "recipient"),
    ],
)
def test_control_removed_permission_is_noticed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, permission: str, operation: str, role: str
) -> None:
    monkeypatch.setattr(Viewpoint, permission, lambda viewpoint: viewpoint)
    row = TABLE[operation]
    found = answers(cast, operation, row)
    assert role in {who for who, status in found.items() if status != row.expected[who]}

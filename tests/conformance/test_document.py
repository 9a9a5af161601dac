"""The API is as its OpenAPI document says, for everybody and for any input (G15).

`make test` sends a few requests to a quarter of the operations on each database, other ones each day, as another person.
`make conformance` sends many to each operation, as everybody.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from core.outgoing import targets
from tests.authorization.cast import Cast, cast, undone
from tests.authorization.roles import ROLES
from tests.authorization.rows import TABLE
from tests.conformance.asking import answer_to, check, make_likely, operations, requests_of
from tests.support.plugin import DAY
from tests.support.runs import SECOND
from wishlists.api.views.presets import PresetsView

__all__ = ["cast"]

pytestmark = [pytest.mark.django_db, pytest.mark.both]

TODAY = int(os.environ.get(DAY, "0"))
EXAMPLES = 4
EXAMPLES_OF_ALL = int(os.environ.get("CONFORMANCE_EXAMPLES", "0"))
"""How many requests `make conformance` sends to each operation as each role."""


@pytest.fixture(autouse=True)
def no_fetching(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made addresses of product pages are not fetched."""
    monkeypatch.setattr(targets, "resolve_within", lambda *_asked: [])


def ask(cast: Cast, operation: str, role: str, examples: int) -> None:
    found = operations()[operation]

    @seed(TODAY)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests_of(found))
    def asked(made: Any) -> None:
        case, number = made
        make_likely(case, number, cast, role, TABLE[operation])
        with undone():
            response = answer_to(case, cast, role, number)
        check(case, response, role)

    asked()


def role_of_today(operation: str) -> str:
    return ROLES[(list(TABLE).index(operation) + TODAY) % len(ROLES)]


def asked_today() -> list[str]:
    """Return a quarter of the operations. The two databases have different ones."""
    which = TODAY + (2 if os.environ.get(SECOND) else 0)
    return [operation for place, operation in enumerate(TABLE) if (place + which) % 4 == 0]


@pytest.mark.parametrize("operation", asked_today())
def test_answers_are_documented(cast: Cast, operation: str) -> None:
    ask(cast, operation, role_of_today(operation), EXAMPLES)


if EXAMPLES_OF_ALL:

    @pytest.mark.parametrize("operation", TABLE)
    def test_answers_to_everybody_are_documented(cast: Cast, operation: str) -> None:
        for role in ROLES:
            ask(cast, operation, role, EXAMPLES_OF_ALL)


def fails(*_: Any, **__: Any) -> Any:
    raise RuntimeError("an error of the server")


@pytest.mark.parametrize(
    ("role", "name", "planted", "said"),
    [
        ("anonymous", "permission_classes", (AllowAny,), "without credentials"),
        ("owner", "get", lambda *_, **__: Response({}), "is not of type"),
        ("owner", "get", lambda *_, **__: Response([], 203), "not documented"),
        ("owner", "get", fails, "an error of the server"),
    ],
)
def test_control_planted_mistake_is_found(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, role: str, name: str, planted: Any, said: str
) -> None:
    monkeypatch.setattr(PresetsView, name, planted)
    with pytest.raises(Exception, match=said):
        ask(cast, "GET presets", role, EXAMPLES)

"""Every route that reads a body refuses unknown fields, instead of answering as if it had done something."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from core.api import unknown_fields
from tests.support.everything import Everything, everything
from tests.twin_worlds.routes import API, methods_of

__all__ = ["everything"]

pytestmark = pytest.mark.once

UNKNOWN = {"archived": True}
READS_NO_BODY = {
    "auth/token/session",
    "users/me/export",
    "notifications/read-all",
    "notifications/{notification_id}/read",
    "exchanges/{exchange_id}/draw",
    "exchanges/{exchange_id}/join-link",
    "exchanges/{exchange_id}/participants/{participant_id}/link",
    "people/{person_id}/restore",
    "auth/passkey/options",
    "users/me/factors/app",
    "users/me/factors/passkeys/options",
    "wishlists/{wishlist_id}/drafts/{item_id}/show",
    "wishlists/{wishlist_id}/items/{item_id}/waiting",
    "wishlists/{wishlist_id}/suggestions/{suggestion_id}/accept",
    "wishlists/{wishlist_id}/suggestions/{suggestion_id}/reject",
    "wishlists/{wishlist_id}/thanks/{giver_id}/send",
}
"""Actions without a body. They do one thing, and clients send whatever their library sends by default."""


def answers(everything: Everything, body: dict[str, Any]) -> dict[str, set[tuple[int, str]]]:
    """Return the answers of each writing route to everybody in the cast. Each effect is rolled back."""
    found: dict[str, set[tuple[int, str]]] = {}
    for route in API:
        for method in {"POST", "PUT", "PATCH"} & set(methods_of(route)):
            for who in everything.people:
                with transaction.atomic():
                    answer = everything.ask(who, method, route, body)
                    transaction.set_rollback(True)
                problem = answer.json() if answer.status_code >= 400 else {}
                found.setdefault(f"{method} {route}", set()).add(
                    (answer.status_code, problem.get("code", ""))
                )
    return found


def done(found: dict[str, set[tuple[int, str]]]) -> set[str]:
    return {call for call, outcomes in found.items() if any(status < 300 for status, _code in outcomes)}


def reading(found: dict[str, Any]) -> set[str]:
    return {call for call in found if call.partition(" ")[2] not in READS_NO_BODY}


def test_every_writing_route_refuses_unknown_fields(everything: Everything) -> None:
    found = answers(everything, UNKNOWN)
    assert done(found) & reading(found) == set()
    assert {call for call in reading(found) if (400, "unknown_field") not in found[call]} == set()


def test_control_many_routes_accept_unknown_fields_without_the_rule(
    everything: Everything, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unknown_fields, "_refuse_unknown", lambda data, known: None)
    found = answers(everything, UNKNOWN)
    assert len(done(found) & reading(found)) > 10


def test_options_lists_the_same_fields(everything: Everything) -> None:
    """The fields that OPTIONS names for each method are those that the refusal says can be sent."""
    asked, differing = 0, {}
    for route in API:
        actions = everything.ask("bob", "OPTIONS", route).json()["actions"]
        assert set(actions) == {"POST", "PUT", "PATCH", "DELETE"} & set(methods_of(route)), route
        for method in set(actions) - {"DELETE"}:
            fields = {refused_fields(everything, who, method, route) for who in everything.people} - {None}
            asked += len(fields)
            if fields and fields != {frozenset(actions[method])}:
                differing[f"{method} {route}"] = fields
    assert asked > 50
    assert differing == {}


def refused_fields(everything: Everything, who: str, method: str, route: str) -> frozenset[str] | None:
    """Return the fields that the refusal of an unknown one names, or nothing if this person is refused before."""
    with transaction.atomic():
        answer = everything.ask(who, method, route, UNKNOWN)
        transaction.set_rollback(True)
    body = answer.json() if answer.status_code == 400 else {}
    if body.get("code") != "unknown_field":
        return None
    return frozenset(body["detail"].partition("You can set: ")[2].removesuffix(".").split(", "))


@pytest.mark.parametrize(
    "body", [{}, {"title": None, "archived": True}, {"archived": True, "title": "Kettle", "id": "x"}]
)
def test_unknown_fields_next_to_known_ones_are_ignored(everything: Everything, body: Any) -> None:
    assert everything.ask("alice", "PATCH", "items/{item_id}", body).status_code == 200


def test_refusal_names_the_unknown_fields(everything: Everything) -> None:
    body = {"archived": True, "a/b~c": 1, "x" * 500: 1} | {f"field{number}": 1 for number in range(100)}
    answer = everything.ask("alice", "PATCH", "wishlists/{wishlist_id}", body).json()
    assert answer["code"] == "unknown_field"
    assert "archived, a/b~c" in answer["detail"]
    assert "title, description" in answer["detail"]
    assert [error["pointer"] for error in answer["errors"]][:2] == ["/archived", "/a~1b~0c"]
    assert {error["code"] for error in answer["errors"]} == {"unknown_field"}
    assert len(str(answer)) < 3000
    headers = {"accept": "application/vnd.jsend+json"}
    jsend = everything.ask("alice", "PATCH", "users/me", UNKNOWN, **headers).json()
    assert jsend == {"status": "fail", "data": {"archived": "This field doesn't exist."}}


def test_forms_refuse_unknown_fields_too(everything: Everything) -> None:
    client = everything.people["alice"].client
    address = "/api/v1" + everything.path("wishlists/{wishlist_id}", "alice")
    for form, status in (
        ("archived=1&csrfmiddlewaretoken=x", 400),
        ("csrfmiddlewaretoken=x", 200),
        ("", 200),
    ):
        answer = client.patch(address, form, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == status, form

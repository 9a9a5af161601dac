"""Rows of people and of exchanges of gifts."""

from __future__ import annotations

from typing import Any

from tests.authorization.roles import TOKEN, Row, everybody, only_owner, signed_in

_NAME = {"name": "Gran"}
_ONE = "exchanges/{exchange_id}"


def organiser(status: int, body: Any = None) -> Row:
    """Only the owner, who organises it. Participants are refused, and for others it does not exist."""
    return only_owner(status, body).but(viewer=403)


ROWS: dict[str, Row] = {
    "GET people": signed_in(200),
    "POST people": signed_in(201, _NAME),
    "POST people/bulk": signed_in(201, {"items": [_NAME]}),
    "DELETE people/bulk": only_owner(200, {"ids": ["{person_id}"]}),
    "GET people/{person_id}": only_owner(200),
    "PUT,PATCH people/{person_id}": only_owner(200, _NAME),
    "DELETE people/{person_id}": only_owner(204),
    "POST people/{person_id}/restore": only_owner(200),
    # Exchanges. The owner organises one in which the viewer takes part.
    "GET exchanges": signed_in(200),
    "POST exchanges": signed_in(201, {"title": "X", "participants": [_NAME]}),
    f"GET {_ONE}": only_owner(200).but(viewer=200),
    f"PUT,PATCH {_ONE}": organiser(200, {"title": "X"}),
    f"DELETE {_ONE}": organiser(204),
    f"POST {_ONE}/draw": organiser(200),
    f"POST {_ONE}/join-link": organiser(200),
    f"POST {_ONE}/join": signed_in(201, {"token": "{join}", "name": "X"}).but(
        anonymous=201, visitor=201, guest=201, other_tenant=404
    ),
    f"PUT,PATCH {_ONE}/me": only_owner(404, {"wishes": "X"}).but(viewer=200),
    f"DELETE {_ONE}/me": only_owner(404).but(viewer=204),
    # Not drawn yet: 409. The owner doesn't take part. Without an account, the private link is missing.
    f"GET {_ONE}/mine": only_owner(404).but(
        viewer=409, anonymous=404, visitor=404, guest=404, ended_session=404, deactivated=404
    ),
    f"GET {_ONE}/participants": only_owner(200).but(viewer=200),
    f"POST {_ONE}/participants": organiser(201, {"name": "X"}),
    f"DELETE {_ONE}/participants/{{participant_id}}": organiser(204),
    f"GET,POST {_ONE}/participants/{{participant_id}}/link": organiser(200),
    f"GET {_ONE}/exclusions": organiser(200),
    f"POST {_ONE}/exclusions": organiser(201, {"giver_id": "{uncle}", "receiver_id": "{participant_id}"}),
    f"DELETE {_ONE}/exclusions/{{exclusion_id}}": organiser(204),
    "GET exchanges/invitation": everybody(200, query="token={join}").but(**{TOKEN: 403}),
}

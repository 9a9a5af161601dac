"""Rows of people and of exchanges of gifts."""

from __future__ import annotations

from tests.authorization.roles import Row, only_owner, signed_in

_NAME = {"name": "Gran"}

ROWS: dict[str, Row] = {
    "GET people": signed_in(200),
    "POST people": signed_in(201, _NAME),
    "POST people/bulk": signed_in(201, {"items": [_NAME]}),
    "DELETE people/bulk": only_owner(200, {"ids": ["{person_id}"]}),
    "GET people/{person_id}": only_owner(200),
    "PUT,PATCH people/{person_id}": only_owner(200, _NAME),
    "DELETE people/{person_id}": only_owner(204),
    "POST people/{person_id}/restore": only_owner(200),
}

"""A field is shown only to the sights that it declares, and a field that is not declared is refused."""

from __future__ import annotations

import copy
import json
from enum import StrEnum
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from core.projections.fields import Field, Projection, UndeclaredField, refuse_undeclared


class Eye(StrEnum):
    OPEN = "open"
    SHUT = "shut"


BOTH, OPEN = frozenset(Eye), frozenset({Eye.OPEN})

FIELDS = (
    Field("id", sights=BOTH),
    Field("note", sights=OPEN, column="its_note"),
    Field("words", sights=OPEN, empty_is_null=True),
    Field("sum", sights=OPEN, hidden_as=0),
    Field("state", sights=OPEN, get=lambda row, _: row["state"], otherwise=lambda row, about: f"as {about}"),
    Field("more", sights=OPEN, given=True),
)
ROW = {"id": 1, "its_note": "secret", "words": "", "sum": 5, "state": "taken"}


@pytest.fixture
def thing(monkeypatch: pytest.MonkeyPatch) -> Projection[Eye]:
    monkeypatch.setattr(Projection, "all", {})
    return Projection("thing", Eye, *FIELDS)


def test_each_sight_gets_all_keys_in_order_and_its_own_values(thing: Projection[Eye]) -> None:
    shown = thing.project(ROW, Eye.OPEN, "list", more="more")
    assert shown == {"id": 1, "note": "secret", "words": None, "sum": 5, "state": "taken", "more": "more"}
    hidden = thing.project(ROW, Eye.SHUT, "list", more="more")
    assert hidden == {"id": 1, "note": None, "words": None, "sum": 0, "state": "as list", "more": None}
    assert list(shown) == list(hidden) == list(thing.names)


def test_hidden_columns_are_not_read(thing: Projection[Eye]) -> None:
    assert thing.columns(Eye.SHUT) == ("id",)
    assert thing.project({"id": 1}, Eye.SHUT, more="")["note"] is None


def test_objects_are_read_like_rows(thing: Projection[Eye]) -> None:
    named = Projection("named", Eye, Field("name", sights=BOTH, column="owner.name"), read=attrgetter)
    assert named.project(SimpleNamespace(owner=SimpleNamespace(name="Bob")), Eye.SHUT) == {"name": "Bob"}


@pytest.mark.parametrize("given", [{}, {"more": 1, "secret": 2}], ids=["missing", "undeclared"])
def test_caller_must_pass_exactly_the_given_fields(thing: Projection[Eye], given: dict[str, Any]) -> None:
    with pytest.raises(UndeclaredField, match=r"more|secret"):
        thing.project(ROW, Eye.OPEN, **given)


def _put(row: Any) -> None:
    row["secret"] = "canary"


def _join(row: Any) -> None:
    row | {"secret": "canary"}


def _join_in_place(row: Any) -> None:
    row |= {"secret": "canary"}


@pytest.mark.parametrize(
    "leak",
    [
        _put,
        _join,
        _join_in_place,
        lambda row: row.update(secret="canary"),
        lambda row: row.setdefault("secret"),
    ],
)
def test_row_refuses_an_undeclared_field_and_logs_only_its_name(
    leak: Any, thing: Projection[Eye], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(UndeclaredField, match="secret"):
        leak(thing.project(ROW, Eye.OPEN, more=1))
    assert "secret" in caplog.text
    assert "canary" not in caplog.text


def test_row_refuses_a_field_that_its_reader_may_not_see(thing: Projection[Eye]) -> None:
    hidden, shown = (thing.project(ROW, eye, more=1) for eye in (Eye.SHUT, Eye.OPEN))
    with pytest.raises(UndeclaredField, match="note"):
        hidden["note"] = "secret"
    with pytest.raises(UndeclaredField, match="note"):
        hidden | shown


def test_two_projected_rows_can_be_merged(thing: Projection[Eye]) -> None:
    key = Projection("key", Eye, Field("key", sights=BOTH))
    both = thing.project(ROW, Eye.SHUT, more=1) | key.project({"key": "k"}, Eye.SHUT)
    assert list(both) == [*thing.names, "key"]
    refuse_undeclared({"thing": both})


def test_checked_row_has_exactly_the_declared_keys(thing: Projection[Eye]) -> None:
    values = dict.fromkeys(reversed(thing.names), 1)
    assert list(thing.checked(values, Eye.OPEN)) == list(thing.names)
    for other in ({**values, "secret": 1}, {"id": 1}):
        with pytest.raises(UndeclaredField):
            thing.checked(other, Eye.OPEN)


def test_payload_may_only_contain_projected_rows(thing: Projection[Eye]) -> None:
    row = thing.project(ROW, Eye.OPEN, more=1)
    refuse_undeclared({"event": "x", "thing": row, "things": [row, row], "id": 1, "nothing": None})
    for unshown in ({"thing": {**row}}, {"things": [row, {"secret": 1}]}):
        with pytest.raises(UndeclaredField, match="thing"):
            refuse_undeclared(unshown)


def test_rows_are_encoded_and_copied_like_dicts(thing: Projection[Eye]) -> None:
    row = thing.project(ROW, Eye.OPEN, more=1)
    assert orjson.dumps(row) == json.dumps(row, separators=(",", ":")).encode()
    assert type(copy.deepcopy(row)) is dict
    assert type({**row}) is dict
    with pytest.raises(UndeclaredField):
        row.copy()["secret"] = 1


def test_field_cannot_be_declared_twice(thing: Projection[Eye]) -> None:
    with pytest.raises(TypeError, match="twice"):
        thing.also("more things", Field("id", sights=BOTH))


def test_field_must_declare_its_sights() -> None:
    with pytest.raises(TypeError, match="sights"):
        Field("note")  # type: ignore[call-arg]

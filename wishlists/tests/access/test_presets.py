"""Presets: named settings, which fields in the request override."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from tests.support.api_clients import Api
from wishlists.access.presets import PRESETS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", PRESETS)
def test_preset_sets_the_fields_of_a_new_list(as_alice: Api, name: str) -> None:
    made = as_alice("POST", "/wishlists", {"title": "x", "preset": name})
    assert made.status_code == 201
    body = made.json() | {"for_someone_else": not made.json()["i_am_recipient"]}
    assert {field: body[field] for field in PRESETS[name].settings} == PRESETS[name].settings


def test_explicit_fields_override_the_preset(as_alice: Api) -> None:
    settings = {"policy": "status", "lapse_days": None, "for_someone_else": True, "secret_additions": None}
    body = as_alice("POST", "/wishlists", {"title": "x", "preset": "registry", **settings}).json()
    assert (body["policy"], body["lapse_days"], body["i_am_recipient"]) == ("status", None, False)
    assert body["secret_additions"] == "nobody"


def test_presets_are_listed(as_alice: Api) -> None:
    rows = as_alice("GET", "/presets").json()
    assert [row["name"] for row in rows] == list(PRESETS)
    assert all(row["settings"] == PRESETS[row["name"]].settings and row["description"] for row in rows)


def test_unknown_preset_is_refused(as_alice: Api) -> None:
    answer = as_alice("POST", "/wishlists", {"title": "x", "preset": "party"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/preset")


def test_docs_table_matches_the_presets() -> None:
    """docs/policies.md lists what each preset sets."""
    text = Path(settings.BASE_DIR, "docs/policies.md").read_text()
    [head, _line, *rows] = [
        line for line in text.split("## Presets")[1].split("\n## ")[0].splitlines() if line.startswith("|")
    ]
    names = [cell.strip(" `") for cell in head.strip("|").split("|")][1:]
    documented: dict[str, dict[str, str]] = {name: {} for name in names}
    for row in rows:
        field, *cells = [cell.strip(" `") for cell in row.strip("|").split("|")]
        for name, cell in zip(names, cells, strict=True):
            documented[name][field] = cell
    words = {True: "yes", False: "no", None: "never"}
    expected = {
        name: {field: words.get(value, str(value)) for field, value in preset.settings.items()}
        for name, preset in PRESETS.items()
    }
    assert documented == expected

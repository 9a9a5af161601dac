"""Rules for blank texts and single lines, by the cases of the corpus, and the fields that apply them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from rest_framework import serializers

from core.api.csv_answers import safe_cell
from core.tests.corpus import corpus
from core.text.text_fields import LineField, LinesField
from core.text.text_form_fields import LineFormField, LinesFormField
from core.text.typed_text import MARKS, many_lines, one_line

pytestmark = pytest.mark.once

KNOWN = corpus("texts")
KINDS: list[tuple[str, Callable[[str], str], Any, Any]] = [
    ("one_line", one_line, LineField, LineFormField),
    ("many_lines", many_lines, LinesField, LinesFormField),
]


@pytest.mark.parametrize(("kind", "tidy", "_field", "_form_field"), KINDS)
def test_texts_of_the_corpus_are_tidied_as_declared(
    kind: str, tidy: Any, _field: Any, _form_field: Any
) -> None:
    for typed, kept, why in KNOWN[kind]:
        assert tidy(typed) == kept, why
        assert tidy(kept) == kept, why


def entered(field: Any, typed: str, refused: type[Exception]) -> str | None:
    """Return the field's value for `typed`, or None if the field refuses it."""
    try:
        return str(field(typed))
    except refused:
        return None


@pytest.mark.parametrize(("kind", "_tidy", "field", "form_field"), KINDS)
def test_fields_refuse_blank_texts_and_keep_the_others(
    kind: str, _tidy: Any, field: Any, form_field: Any
) -> None:
    for typed, kept, why in KNOWN[kind]:
        if "\0" in typed:
            continue
        needed, optional = field(), field(allow_blank=True)
        assert entered(needed.run_validation, typed, serializers.ValidationError) == (kept or None), why
        assert entered(optional.run_validation, typed, serializers.ValidationError) == kept, why
        assert entered(form_field().clean, typed, forms.ValidationError) == (kept or None), why
        assert entered(form_field(required=False).clean, typed, forms.ValidationError) == kept, why


@pytest.mark.parametrize(("field", "refused"), [
    (LineField(max_length=4).run_validation, serializers.ValidationError),
    (LinesField(max_length=4).run_validation, serializers.ValidationError),
    (LineFormField(max_length=4).clean, forms.ValidationError),
    (LinesFormField(max_length=4).clean, forms.ValidationError),
])  # fmt: skip
def test_length_limit_applies_to_the_tidied_text(field: Any, refused: type[Exception]) -> None:
    assert field("e\u0301" * 4) == "éééé"
    for long in ("abcde", "\u200b" * 1_000_000, "e\u0301" * 500_000):
        begun = time.process_time()
        assert entered(field, long, refused) is None
        assert time.process_time() - begun < 1


@pytest.mark.parametrize("tidy", [one_line, many_lines])
@pytest.mark.parametrize(
    "hostile",
    [
        "\u200c",
        "\u0301\u0323",
        " \n",
        "\U0001f3f4\U000e0041",
        "\u094d\u200d",
        "\u202e",
        "\u00a0",
        "\r",
        "a\u200d",
        "\U0001f469\u200d",
    ],
)
def test_tidying_takes_linear_time(tidy: Callable[[str], str], hostile: str) -> None:
    begun = time.process_time()
    tidy("é" + hostile * 40_000)
    assert time.process_time() - begun < 2


def test_number_of_combining_marks_is_limited() -> None:
    assert len(one_line("a" + "\u0336" * 1_000)) == 1 + MARKS


def test_invisible_characters_do_not_hide_a_formula() -> None:
    for before in ("", "\u200b", " \u2060", "\ufeff", "\u202e"):
        assert safe_cell(f"{before}=1+1").startswith("'")

"""Our form widgets render the same as Django's."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from lxml.html import fromstring, tostring

from core.pages.long_selects import LongSelect

CHOICES = [("", "none"), ("a&b", "A & <b>"), ("c", "C")]

pytestmark = pytest.mark.once


class _Form(forms.Form):
    django = forms.ChoiceField(choices=CHOICES, help_text="Any")
    ours = forms.ChoiceField(choices=CHOICES, help_text="Any", widget=LongSelect({"class": "wide"}))


def drawn(form: _Form, name: str) -> str:
    text = str(form[name]).replace(name, "field").replace(' class="wide"', "")
    return "".join(line.strip() for line in tostring(fromstring(text), method="c14n").decode().split("\n"))


@pytest.mark.parametrize("chosen", ["", "a&b", "c", "<unknown>"])
def test_long_select_renders_like_a_select(chosen: str) -> None:
    for form in (
        _Form({"django": chosen, "ours": chosen}),
        _Form(initial={"django": chosen, "ours": chosen}),
    ):
        assert drawn(form, "ours") == drawn(form, "django")
        assert ("selected" in drawn(form, "ours")) is (chosen != "<unknown>")
        assert 'class="wide"' in str(form["ours"])


def test_control_select_without_the_chosen_option_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(self: LongSelect, value: Any) -> list[str]:
        return []

    monkeypatch.setattr(LongSelect, "format_value", nothing)
    form = _Form(initial={"django": "c", "ours": "c"})
    assert drawn(form, "ours") != drawn(form, "django")

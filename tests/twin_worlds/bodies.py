"""Make request bodies from the input serializers of the API and the forms of pages.

So a new field is sent without a change here: its text as a canary with the field's name, each of its choices, several
numbers, both states of a checkbox. For a field of an unknown class, `UnknownField` is raised with its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from django import forms
from rest_framework import serializers

from core.money.money_fields import MoneyField

Body = dict[str, Any]
Source = type[serializers.BaseSerializer[Any]] | type[forms.BaseForm]

ABSENT: Any = object()
"""The value of a field that is left out, such as an unticked checkbox."""

BROWSER_KEY = "BCbvzr0O6eNKZpGH4Ys6kSKy9zOUW2Scyfn5Ien52tgSkCOL3pzHuzMNFQxncE3SWucFUgV0S28xv0BwdFhy0OY"
"""The public key of a browser that gets pushes."""

CHOSEN: Mapping[str, Sequence[Any]] = {
    "admin": ({"email": "zoe@example.com", "display_name": "Zoe"},),
    "answer_to": ("{message_id}",),
    "choice": ("00000000-0000-4000-8000-00000000000a",),
    "code": ("123456",),
    "currency": ("EUR",),
    "id": ("{wishlist_id}",),
    "credential": ({},),
    "ids": (["{reservation_id}"],),
    "keys": ({"p256dh": BROWSER_KEY, "auth": "MDEyMzQ1Njc4OWFiY2RlZg"},),
    "item": ("{item_id}", ""),
    "item_id": ("{item_id}",),
    "manage_token": ("{guest_token}",),
    "more_images": ("https://example.com/another-image",),
    "more_links": ("https://example.com/another-link",),
    "one_of": ("{item_id}", ""),
    "order": ([{"id": "{wishlist_id}", "sort_order": 3}],),
    "organiser_id": ("{user_id}",),
    "group_id": ("{group_id}",),
    "password": ("another password",),
    "birthday": ("1950-05-12", "--02-29"),
    "birth_day": ("12",),
    "birth_month": ("5",),
    "birth_year": ("1950", ""),
    "sizes": ("Shoes: 42",),
    "previous_id": ("{exchange_id}",),
    "giver_id": ("{participant_id}",),
    "receiver_id": ("{participant_id}",),
    "wishlist_id": ("{wishlist_id}",),
    "new_code": ("123456",),
    "person_ids": (["{person_id}"], []),
    "refresh_token": ("a token",),
    "slug": ("elsewhere",),
    "time_zone": ("Europe/Berlin", "Pacific/Auckland"),
    "token": ("{guest_token}",),
    "target_id": ("{wishlist_id}", "{item_id}", "{message_id}", "{user_id}"),
    "user_id": ("{user_id}",),
    "user_ids": (["{user_id}"], []),
    "recipients": ("{user_id}",),
}
"""Values by the name of a field, if its class is not enough to choose them. `{item_id}` and the like are replaced by an id."""

_MONEY = ("amount", "budget", "price", "target")
"""Form fields with an amount of money, which are text fields."""

EITHER: tuple[tuple[str, str], ...] = (("amount", "rest"),)
"""Pairs of fields that exclude each other. The second one gets a body of its own."""

_Kinds = tuple[tuple[type, Callable[[Any, str], Sequence[Any]]], ...]


def _numbers(field: Any, _text: str) -> Sequence[int]:
    least = getattr(field, "min_value", None)
    least = 1 if least is None or least < 1 else least
    return (least, least + 1, least + 2)


def _named(prefix: str, suffix: str = "") -> Callable[[Any, str], Sequence[str]]:
    return lambda _field, text: (f"{prefix}{text.replace(' ', '-').replace('_', '-')}{suffix}",)


_DAY, _MOMENT = "2026-12-24", "2026-12-24T18:00:00Z"

_OF_SERIALIZERS: _Kinds = (
    (serializers.ChoiceField, lambda field, _text: tuple(field.choices)),
    (serializers.BooleanField, lambda _field, _text: (True, False)),
    (serializers.IntegerField, _numbers),
    (MoneyField, lambda _field, _text: (5, 7.5)),
    (serializers.FloatField, lambda field, _text: (field.min_value or 0, field.max_value or 1)),
    (serializers.DateTimeField, lambda _field, _text: (_MOMENT,)),
    (serializers.DateField, lambda _field, _text: (_DAY,)),
    (serializers.EmailField, _named("", "@example.com")),
    (serializers.DictField, lambda _field, text: ({"Shoes": text},)),
)
_OF_FORMS: _Kinds = (
    (forms.BooleanField, lambda _field, _text: ("on", ABSENT)),
    (forms.ChoiceField, lambda field, _text: tuple(value for value, _label in field.choices if value != "")),
    (forms.IntegerField, lambda field, text: tuple(map(str, _numbers(field, text)))),
    (forms.DateTimeField, lambda _field, _text: ("2026-12-24T18:00",)),
    (forms.DateField, lambda _field, _text: (_DAY,)),
    (forms.EmailField, _named("", "@example.com")),
    (forms.URLField, _named("https://example.com/")),
)


class UnknownField(Exception):
    """Raised for a field for which no value is known."""


def bodies(source: Source, word: str, *, apart_from: frozenset[str] = frozenset()) -> tuple[Body, ...]:
    """Return as few bodies as needed to send every value of every field. Each text is `word` and the name of its field."""
    declared: Any = source
    return _made(declared, word, apart_from)


@cache
def _made(source: Any, word: str, apart_from: frozenset[str]) -> tuple[Body, ...]:
    fields = {name: field for name, field in fields_of(source).items() if name not in apart_from}
    values = {name: values_of(name, field, word) for name, field in fields.items()}
    made = [
        _body({name: some[place % len(some)] for name, some in values.items()})
        for place in range(max(map(len, values.values()), default=1))
    ]
    for usual, other in EITHER:
        if other in values:
            whole = {name: some[0] for name, some in values.items() if name != usual}
            made = [{name: value for name, value in body.items() if name != other} for body in made]
            made.append(_body(whole))
    return tuple(made)


def fields_of(source: Source) -> dict[str, Any]:
    declared: dict[str, Any] = getattr(source, "base_fields", None) or getattr(source, "_declared_fields", {})
    return declared


def values_of(name: str, field: Any, word: str) -> Sequence[Any]:
    if name in CHOSEN:
        return CHOSEN[name]
    is_form = isinstance(field, forms.Field)
    if is_form and name in _MONEY:
        return ("5", "7.50")
    text = f"{word} {name.replace('_', ' ')}"
    if (validators := str(getattr(field, "validators", ""))) and "URLValidator" in validators:
        return _named("https://example.com/")(field, text)
    for kind, values in _OF_FORMS if is_form else _OF_SERIALIZERS:
        if isinstance(field, kind):
            return values(field, text)
    if isinstance(field, serializers.ListSerializer):
        item: Any = type(field.child)
        return (list(bodies(item, word)),)
    if isinstance(field, serializers.ListField):
        return ([*values_of(name, field.child, word)],)
    if isinstance(field, serializers.CharField | forms.CharField):
        return (text,)
    raise UnknownField(f"Add a value for {name!r}, a {type(field).__name__}, to twin_worlds/bodies.py.")


def _body(values: Mapping[str, Any]) -> Body:
    return {name: value for name, value in values.items() if value is not ABSENT}

"""Every page of the admin, found from the site itself, so that a newly registered model is included.

For each model: its list, with what the list offers (filters, an order, dates, facets) and with searches, and the form
to add an object. For existing rows, secret ones too: the form, its history, its deletion, and saving the form. Then
each action, with and without a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

import lxml.html
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse

from moderation.models import Report
from tests.twin_worlds.admin_world import ModeratedWorld
from tests.twin_worlds.routes import API, action_names, api_bodies, methods_of
from tests.twin_worlds.scripts import Step
from tests.twin_worlds.world import CANARY, NOBODY, Call

_OFFERED = re.compile(r'href="(\?[^"]*)"')
_ORDER = re.compile(r"\?o=")
_SEARCHES = (f"?q={CANARY}&_facets=True", "?q=Kettle&_popup=1&_to_field=id")


def admin_steps(
    world: ModeratedWorld, number: int, models: Iterable[type[Model]] | None = None
) -> list[Step]:
    """Return the requests of recipients for every page: Alice uses everything that a list offers, Anna opens each list
    and row.

    The effect of each POST is undone after it was seen, so that each one finds the same rows.
    """
    there = list(models if models is not None else admin.site._registry)
    calls = [call for who in ("alice", "anna") for call in _calls(world, who, there)]
    return [Step(number, "read" if call.method == "GET" else "tried", call) for call in calls]


def _calls(world: ModeratedWorld, who: str, models: list[type[Model]]) -> Iterator[Call]:
    for address in _of_the_site(models):
        yield Call(who, False, "GET", address)
    if len(models) == len(admin.site._registry):
        yield from _of_the_api(world, who)
    for model in models:
        yield from _of_list(world, who, model)
        yield from _of_rows(world, who, model)


def _of_the_site(models: list[type[Model]]) -> Iterator[str]:
    index = reverse("admin:index")
    yield from (
        index,
        f"{index}jsi18n/",
        f"{index}password_change/",
        f"{index}autocomplete/",
        f"{index}nowhere/",
    )
    for label in dict.fromkeys(model._meta.app_label for model in models):
        yield f"{index}{label}/"


def _of_the_api(world: ModeratedWorld, who: str) -> Iterator[Call]:
    """Every route for staff, with each row that a recipient may guess."""
    reports, lists = _keys(Report), [world.wishlist.pk]
    for path in (path for path in API if path.startswith("admin/")):
        for report_id in reports if "{report_id}" in path else (NOBODY,):
            named = {"report_id": report_id, "wishlist_id": lists[0], "user_id": world.people["bob"].pk}
            address = f"/api/v1/{path}".format(**named)
            if "GET" in methods_of(path):
                yield Call(who, True, "GET", address)
            if "PATCH" in methods_of(path):
                for body in api_bodies("PATCH", path):
                    filled = {name: str(value).format(**named) for name, value in body.items()}
                    yield Call(who, True, "PATCH", address, filled)


def _of_list(world: ModeratedWorld, who: str, model: type[Model]) -> Iterator[Call]:
    address = _address(model, "changelist")
    for query in ("", *(_offered(world, who, address) if who == "alice" else ()), *_SEARCHES):
        yield Call(who, False, "GET", address + query)
    for action in action_names(admin.site.get_model_admin(model)):
        chosen = {"action": action, "_selected_action": [str(key) for key in _keys(model)]}
        yield Call(who, False, "POST", address, chosen | {"reason": "asked to"})
        yield Call(who, False, "POST", address, chosen | {"select_across": "1"})


def _offered(world: ModeratedWorld, who: str, address: str) -> Iterator[str]:
    """Return the links of a list: each choice of each filter, and one order, because all orders show the same rows."""
    page = world.reading(who).get(address).content.decode()
    links = list(dict.fromkeys(unescape(link) for link in _OFFERED.findall(page) if link != "?"))
    orders = [link for link in links if _ORDER.match(link)]
    yield from (link for link in links if link not in orders[1:])


def _of_rows(world: ModeratedWorld, who: str, model: type[Model]) -> Iterator[Call]:
    keys = (*_keys(model), NOBODY)
    yield Call(who, False, "GET", _address(model, "add"))
    for page, some in (("change", keys), ("history", keys), ("delete", keys[:-1])):
        for key in some:
            yield Call(who, False, "GET", _address(model, page, key))
    for key in keys:
        address = _address(model, "change", key)
        if filled := _filled(world.reading(who).get(address)):
            yield Call(who, False, "POST", address, filled | {"_continue": "1"})


def _filled(page: Any) -> dict[str, Any]:
    """Return the fields of a page's form, with a word added to each text. Return nothing if there is no form to save."""
    if page.status_code != 200:
        return {}
    document = lxml.html.fromstring(page.content)
    forms = [form for form in document.forms if str(form.get("id", "")).endswith("_form")]
    texts = {
        field.get("name") for form in forms for field in form.xpath(".//input[@type='text']|.//textarea")
    }
    filled: dict[str, Any] = {}
    for name, value in (pair for form in forms for pair in form.form_values()):
        if name != "csrfmiddlewaretoken":
            typed = f"{value} more" if name in texts and value else value
            filled.setdefault(name, []).append(typed)
    return filled


def _keys(model: type[Model]) -> list[Any]:
    """Return the keys of the oldest row, which exists in both worlds, and of the newest, which may be secret: a
    recipient may guess it."""
    dated = [name for name in ("created_at", "date_joined", "enqueued_at") if hasattr(model, name)]
    keys = list(model._base_manager.order_by(*dated, "pk").values_list("pk", flat=True))
    return list(dict.fromkeys((*keys[:1], *keys[-1:])))


def _address(model: type[Model], page: str, *key: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=key)

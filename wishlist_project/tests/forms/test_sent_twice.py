"""A form that is sent twice does its effect once (docs/forms.md): every template by its name, every address by its form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from accounts import form_repeats
from accounts.models import StoredAnswer, User
from accounts.tests.browsing import as_user
from conftest import _person
from wishlist_project.tests.forms.routes import page_routes
from wishlist_project.tests.forms.stage import FORMS, WRITES_ANEW, Stage
from wishlist_project.tests.stages import rolled_back
from wishlists.models import Guest, Item, Reservation, Wishlist
from wishlists.tests.markup import masked

ROOT = Path(__file__).resolve().parents[3] / "templates"
WITHOUT_KEY = {
    "accounts/login.html": "a log-in writes nothing that could be there twice, and its secrets are kept nowhere",
    "admin/reason.html": "the admin's own",
    "rest_framework/api.html": "the browsable API's own way out",
}
KEY = {"form_key": "kBvQ1x.0123456789abcdef.1"}
HTMX = {"HX-Request": "true"}


# --- every template, every address ------------------------------------------------------------------------------


def templates() -> dict[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text() for path in sorted(ROOT.rglob("*.html"))}


def forms_in(source: str) -> list[str]:
    return re.findall(r"<form\b(?=[^>]*method=\"post\").*?</form>", source, re.DOTALL)


@pytest.mark.once
def test_every_form_that_writes_carries_a_key() -> None:
    bare = {
        name
        for name, source in templates().items()
        for form in forms_in(source)
        if "{% form_key %}" not in form
    }
    assert bare == set(WITHOUT_KEY)
    assert sum(len(forms_in(source)) for source in templates().values()) > 30, "it finds them"


def posting() -> Iterator[tuple[str, list[str]]]:
    """The name of each page that takes a form, and what its address names."""
    return ((name, wanted) for name, wanted, methods in page_routes() if "POST" in methods)


def test_every_address_that_takes_a_form_is_tried_here() -> None:
    assert {name for name, _ in posting()} == set(FORMS) | set(form_repeats.EXEMPT)


# --- each of them, twice -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker, password_hash: str) -> Iterator[Stage]:
    with rolled_back(django_db_blocker):
        yield Stage({name.lower(): _person(name, password_hash) for name in ("Alice", "Bob", "Charlie")})


NOT_COMPARED = {"session", "storedanswer", "dbtaskresult", "periodicrun"}


def everything() -> dict[str, Any]:
    """All rows of all tables, and how many jobs wait."""
    models = [model for model in apps.get_models() if model._meta.model_name not in NOT_COMPARED]
    rows = {model._meta.label: sorted(map(_told, model._default_manager.values())) for model in models}
    return rows | {"jobs": apps.get_model("django_tasks_database", "DBTaskResult").objects.count()}


def _told(row: dict[str, Any]) -> str:
    return str({name: value for name, value in row.items() if name != "last_login"})


def sent(stage: Stage, name: str, client: Client, **more: Any) -> Any:
    path = reverse(name, kwargs=stage.kwargs_of(name, dict(posting())[name]))
    return client.post(path, stage.fields_of(name) | more)


@pytest.mark.parametrize("name", sorted(FORMS))
def test_the_second_time_nothing_more_happens_and_the_answer_is_the_same(name: str, stage: Stage) -> None:
    with transaction.atomic():
        stage.prepare(name)
        client, before = stage.client(FORMS[name].by), everything()
        first = sent(stage, name, client, **KEY)
        after = everything()
        second = sent(stage, name, client, **KEY)
        assert first.status_code in (302, 303)
        assert (second.status_code, second["Location"]) == (first.status_code, first["Location"])
        assert everything() == after
        assert (after != before) is (name != "logout"), "it has an effect at all"
        assert stage.token not in "".join(StoredAnswer.objects.values_list("body", flat=True))
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", sorted(WRITES_ANEW))
def test_control_without_a_key_it_happens_twice(name: str, stage: Stage) -> None:
    with transaction.atomic():
        stage.prepare(name)
        client = stage.client(FORMS[name].by)
        sent(stage, name, client)
        after = everything()
        sent(stage, name, client)
        assert everything() != after
        transaction.set_rollback(True)


# --- whose a key is, and how long --------------------------------------------------------------------------------


def test_keys_are_each_persons(alices: Client, bobs: Client) -> None:
    for client in (alices, bobs):
        client.post("/lists", {"title": "A", **KEY})
    assert Wishlist.objects.count() == 2


def test_keys_of_strangers_are_each_browsers(item: Item, share_of: str) -> None:
    card = f"{share_of}/items/{item.pk}/chip-in"
    for _ in range(2):
        stranger = Client()
        stranger.get(share_of)
        assert stranger.post(card, {"amount": "5", "name": "Mia", **KEY}).status_code == 303
    assert Guest.objects.count() == 2


@pytest.fixture
def share_of(wishlist: Wishlist, alice: User) -> str:
    from sharing.capabilities import link_token
    from sharing.services.links import make_link

    return f"/s/{link_token(make_link(wishlist=wishlist, by=alice)[0])}"


def test_what_was_changed_in_the_form_is_another_wish(alices: Client) -> None:
    """Back, other words, send: what was typed is not lost."""
    for title in ("A", "B", "A"):
        alices.post("/lists", {"title": title, **KEY})
    assert set(Wishlist.objects.values_list("title", flat=True)) == {"A", "B"}
    assert Wishlist.objects.count() == 2


def test_what_was_refused_is_tried_anew(bobs: Client, item: Item, bob: User) -> None:
    path = f"/lists/{item.wishlist_id}/items/{item.pk}"
    Item.objects.filter(pk=item.pk).update(removed_at="2026-01-01T00:00:00Z")
    assert bobs.post(path, {"action": "reserve", **KEY}).status_code == 404
    Item.objects.filter(pk=item.pk).update(removed_at=None)
    assert bobs.post(path, {"action": "reserve", **KEY}).status_code == 303
    assert Reservation.objects.active().get().user == bob


def test_by_htmx_and_without_it_is_one_form(bobs: Client, item: Item) -> None:
    path, form = f"/lists/{item.wishlist_id}/items/{item.pk}/chip-in", {"amount": "5", **KEY}
    drawn = [bobs.post(path, form, headers=HTMX) for _ in range(2)]
    assert masked(drawn[0]) == masked(drawn[1])
    assert "Thank you for chipping in!" in drawn[1].text
    assert bobs.post(path, form).status_code == 303
    assert item.contributions.count() == 1


def test_a_stranger_who_heard_no_answer_is_known_by_the_second(item: Item, share_of: str) -> None:
    """The browser dropped the first answer, and the cookie with it."""
    stranger = Client()
    stranger.get(share_of)
    kept = dict(stranger.cookies)
    form = {"action": "reserve", "name": "Mia", **KEY}
    stranger.post(f"{share_of}/items/{item.pk}", form)
    stranger.cookies.clear()
    stranger.cookies.update(kept)
    again = stranger.post(f"{share_of}/items/{item.pk}", form, headers=HTMX)
    assert "Take back" in again.text
    assert "Take back" in stranger.get(share_of).text
    assert Guest.objects.count() == 1


def test_later_it_says_that_it_was_sent_before(bobs: Client, item: Item) -> None:
    path, form = f"/lists/{item.wishlist_id}/items/{item.pk}", {"action": "reserve", **KEY}
    bobs.post(path, form)
    bobs.post(path, {"action": "release"})
    StoredAnswer.objects.update(created_at="2026-01-01T00:00:00Z")
    again = bobs.post(path, form, headers=HTMX)
    assert "You sent this form before." in again.text
    assert not Reservation.objects.active().exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keyed", [True, False], ids=["with its key", "control, without"])
def test_pressed_many_times_at_once_it_is_one_list(keyed: bool, alice: User) -> None:
    clients = [as_user(alice) for _ in range(6)]

    def press(client: Client) -> Any:
        try:
            return client.post("/lists", {"title": "A"} | (KEY if keyed else {}))["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        places = set(pool.map(press, clients))
    made = Wishlist.objects.count()
    assert (made, len(places)) == ((1, 1) if keyed else (6, 6))

"""A form that is sent twice takes effect once (docs/forms.md), checked for every template and every URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import AccountActivity, StoredAnswer
from accounts.web import form_repeats
from conftest import _person
from tests.forms.routes import page_routes
from tests.forms.stage import FORMS, WRITES_ANEW, Stage
from tests.support.stages import rolled_back

pytestmark = pytest.mark.both

ROOT = Path(__file__).resolve().parents[2] / "templates"
WITHOUT_KEY = {
    "accounts/login.html": "a log-in writes nothing that could be there twice, and its secrets are kept nowhere",
    "accounts/picture.html": "the same picture again changes nothing",
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
def test_every_form_that_writes_has_a_key() -> None:
    bare = {
        name
        for name, source in templates().items()
        for form in forms_in(source)
        if "{% form_key %}" not in form
    }
    assert bare == set(WITHOUT_KEY)
    assert sum(len(forms_in(source)) for source in templates().values()) > 30, "it finds them"


def posting() -> Iterator[tuple[str, list[str]]]:
    """Yield name and parameters of each URL that takes a form."""
    return ((name, wanted) for name, wanted, methods in page_routes() if "POST" in methods)


def test_every_url_that_accepts_a_form_is_tested() -> None:
    assert {name for name, _ in posting()} == set(FORMS) | set(form_repeats.EXEMPT)


# --- each of them, twice -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker, password_hash: str) -> Iterator[Stage]:
    with rolled_back(django_db_blocker):
        yield Stage({name.lower(): _person(name, password_hash) for name in ("Alice", "Bob", "Charlie")})


NOT_COMPARED = {"session", "storedanswer", "dbtaskresult", "periodicrun"}
"""A browser that lost the first answer is logged in again: that is another session, and another row of the account log."""


def everything() -> dict[str, Any]:
    """Return all rows of all tables, and the number of jobs."""
    models = [model for model in apps.get_models() if model._meta.model_name not in NOT_COMPARED]
    rows = {model._meta.label: sorted(map(_summary, model._default_manager.values())) for model in models}
    rows["accounts.AccountActivity"] = sorted(
        map(_summary, AccountActivity.objects.exclude(kind="account_logged_in").values())
    )
    return rows | {"jobs": apps.get_model("django_tasks_database", "DBTaskResult").objects.count()}


def _summary(row: Any) -> str:
    return str({name: value for name, value in row.items() if name != "last_login"})


def sent(stage: Stage, name: str, client: Client, **more: Any) -> Any:
    path = reverse(name, kwargs=stage.kwargs_of(name, dict(posting())[name]))
    return client.post(path, stage.fields_of(name) | more)


ANSWERED_BY_A_PAGE = {
    "account-feeds": "with a secret that is kept nowhere: notices/tests/test_feeds.py",
    "exchange-invited": "with a private link that is kept nowhere: exchanges/tests/test_pages.py",
    "exchange-show": "with what was drawn, which is kept nowhere: exchanges/tests/test_pages.py",
    "account-tokens": "with a secret that is kept nowhere: accounts/tests/web/test_sessions_and_tokens.py",
}
"""URLs whose form is not answered by a redirect, with the reason and the test of what happens when it is sent twice."""


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(FORMS.keys() - ANSWERED_BY_A_PAGE))
def test_repeated_form_has_no_effect_and_the_same_answer(name: str, stage: Stage) -> None:
    with transaction.atomic():
        stage.prepare(name)
        client, before = stage.client(FORMS[name].by), everything()
        first = sent(stage, name, client, **KEY)
        after = everything()
        second = sent(stage, name, client, **KEY)
        assert first.status_code in (302, 303)
        assert (second.status_code, second["Location"]) == (first.status_code, first["Location"])
        assert everything() == after
        assert after != before, "it has an effect at all"
        stored = "".join(StoredAnswer.objects.values_list("body", flat=True))
        assert not [token for token in stage.tokens if token in stored]
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(WRITES_ANEW))
def test_control_form_without_a_key_takes_effect_twice(name: str, stage: Stage) -> None:
    with transaction.atomic():
        stage.prepare(name)
        client = stage.client(FORMS[name].by)
        sent(stage, name, client)
        after = everything()
        sent(stage, name, client)
        assert everything() != after
        transaction.set_rollback(True)

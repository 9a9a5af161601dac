"""The start page, and the demo's log-in buttons, which exist only on the machine of the person who tries the demo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from tests.support.markup import inline_code
from tests.support.stages import rolled_back
from wishlist_project.demo.build import build_demo


@pytest.fixture(scope="module")
def demo_data(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo, built once for tests that only read it, in a transaction that is rolled back."""
    with rolled_back(django_db_blocker):
        build_demo()
        yield


@pytest.fixture
def demo(demo_data: None, db: None, settings: Any) -> None:
    settings.DEBUG = True


def test_start_page_says_what_this_is(db: None) -> None:
    page = Client().get("/")
    assert page.status_code == 200
    assert "Share your wishes. Keep the surprise." in page.text
    assert "/demo/" not in page.text
    assert inline_code(page) == []


@pytest.mark.once
def test_demo_opens_with_one_click(demo: None) -> None:
    client = Client()
    assert inline_code(client.get("/")) == []
    for who, text in (
        ("guest", "No account needed"),
        ("bob", "can&#x27;t see what you do here"),
        ("alice", "This list is for you, so you can&#x27;t see what others"),
    ):
        assert f'action="/demo/{who}"' in client.get("/").text
        shown = client.post(f"/demo/{who}", follow=True)
        assert (shown.status_code, text in shown.text) == (200, True)
    assert "No account needed" in client.post("/demo/guest", follow=True).text, (
        "and nobody is logged in any more"
    )


@pytest.mark.once
def test_demo_needs_a_click(demo: None) -> None:
    assert Client().get("/demo/alice").status_code == 405
    assert Client().post("/demo/admin").status_code == 404
    assert Client(enforce_csrf_checks=True).post("/demo/alice").status_code == 403


@pytest.mark.once
def test_demo_does_not_exist_without_debug(demo: None, settings: Any) -> None:
    settings.DEBUG = False
    assert "/demo/" not in Client().get("/").text
    assert Client().post("/demo/alice").status_code == 404


@pytest.mark.once
def test_demo_does_not_exist_for_other_machines(demo: None) -> None:
    for address in ("192.0.2.7", "2001:db8::7", "", "nonsense"):
        assert "/demo/" not in Client().get("/", REMOTE_ADDR=address).text, address
        assert Client().post("/demo/alice", REMOTE_ADDR=address).status_code == 404, address


@pytest.mark.once
def test_demo_opens_demo_accounts_only(demo: None) -> None:
    """If somebody has set another password for Alice, her account doesn't open with a button."""

    alice = User.objects.get(email="alice@example.com")
    alice.set_password("something of her own")
    alice.save()
    assert Client().post("/demo/alice").status_code == 404

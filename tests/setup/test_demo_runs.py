"""The demo command creates the demo once and only in an empty database, and recreates it after a confirmation."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from accounts.models import User
from wishlist_project.demo.build import build_demo
from wishlist_project.demo.occasions import OCCASIONS, PARTY
from wishlists.models import Item, Reservation, Wishlist


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of inputs that the user types, followed by the end of input."""
    typed: list[str] = []

    def read(_prompt: str) -> str:
        if not typed:
            raise EOFError
        return typed.pop(0)

    monkeypatch.setattr("builtins.input", read)
    return typed


def run(*arguments: str) -> str:
    output = io.StringIO()
    call_command("demo", *arguments, stdout=output)
    return output.getvalue()


@pytest.mark.django_db
def test_second_run_changes_nothing() -> None:
    assert "Creating the demo" in run()
    before = [list(model.objects.order_by("pk").values()) for model in (User, Wishlist, Item, Reservation)]
    assert run() == ""
    assert [
        list(model.objects.order_by("pk").values()) for model in (User, Wishlist, Item, Reservation)
    ] == before


@pytest.mark.django_db
def test_demo_is_not_created_if_there_are_users(alice: User) -> None:
    assert run() == ""
    assert list(User.objects.all()) == [alice]


@pytest.mark.django_db(transaction=True)
def test_reset_asks_for_confirmation(answer: list[str]) -> None:
    build_demo()
    mine = User.objects.create(email="mine@example.org", display_name="Mine")
    for typed, kept in ([], True), (["no"], True), ([" YES "], False):
        answer += typed
        output = run("--reset")
        assert "This deletes everything in" in output
        assert ("Nothing was changed." in output) is kept
        assert User.objects.filter(pk=mine.pk).exists() is kept
        assert Wishlist.objects.count() == len([*OCCASIONS, PARTY])

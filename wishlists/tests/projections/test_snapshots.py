"""A contribution remembers what it was for; whoever was seen out reads that, and nothing newer (G8)."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from accounts.models import User
from tests.support.api_clients import Api
from wishlists.api.serializers.money import OwnContributionSerializer
from wishlists.models import Contribution, Item, Wishlist
from wishlists.services.lists.people import join_guest
from wishlists.tests.shapes import agrees

pytestmark = pytest.mark.both

NEWER = {
    "title": "Canary kettle",
    "description": "Canary text",
    "price": 77,
    "link_url": "https://canary.example",
}


@pytest.fixture
def chipped(as_alice: Api, as_bob: Api, item: Item) -> str:
    """Bob's five euros for Alice's kettle, by their address; and two for the list as a whole."""
    as_alice("PATCH", f"/wishlists/{item.wishlist_id}", {"due_date": "2030-05-04"})
    as_bob("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions", {"amount": 5})
    as_bob("POST", f"/wishlists/{item.wishlist_id}/pot/contributions", {"amount": 2})
    return f"/contributions/{Contribution.objects.get(item=item).pk}"


def see_out(as_alice: Api, item: Item, bob: User) -> None:
    as_alice("DELETE", f"/wishlists/{item.wishlist_id}/shares/{bob.pk}")


def rewrite(as_alice: Api, item: Item) -> None:
    as_alice("PATCH", f"/items/{item.pk}", NEWER)
    as_alice("PATCH", f"/wishlists/{item.wishlist_id}", {"title": "Canary list", "due_date": "2031-01-01"})


def test_what_they_chipped_in_for_stays_as_they_knew_it(
    as_alice: Api, as_bob: Api, chipped: str, item: Item, bob: User
) -> None:
    see_out(as_alice, item, bob)
    rewrite(as_alice, item)
    answer = as_bob("GET", chipped)
    row = answer.json()
    assert "anary" not in answer.text
    assert (row["item"]["title"], row["item"]["price"], row["item"]["currency"]) == ("Kettle", 49.9, "EUR")
    assert (row["is_snapshot"], row["withdrawn"], row["wishlist_title"]) == (True, False, "Alice's birthday")
    assert row["occasion"] == {"title": "Alice's birthday", "due_date": "2030-05-04"}
    agrees(row, OwnContributionSerializer)
    pot, kettle = as_bob("GET", "/contributions").json()
    assert (kettle, pot["item"], pot["occasion"]) == (row, None, row["occasion"])


def test_nothing_that_happens_later_moves_their_answer(
    as_alice: Api, as_bob: Api, chipped: str, item: Item, bob: User
) -> None:
    see_out(as_alice, item, bob)
    paths = ("/contributions", chipped, "/reservations.csv")
    before = [as_bob("GET", path).content for path in paths]
    rewrite(as_alice, item)
    as_alice("DELETE", f"/items/{item.pk}")
    assert [as_bob("GET", path).content for path in paths] == before


def test_control_those_who_stay_read_what_is_new(
    as_alice: Api, as_bob: Api, chipped: str, item: Item
) -> None:
    rewrite(as_alice, item)
    row = as_bob("GET", chipped).json()
    assert (row["item"]["title"], row["is_snapshot"]) == ("Canary kettle", False)
    assert row["occasion"] == {"title": "Canary list", "due_date": "2031-01-01"}


def test_what_was_withdrawn_while_they_were_there_they_know(
    as_alice: Api, as_bob: Api, chipped: str, item: Item, bob: User
) -> None:
    as_alice("DELETE", f"/items/{item.pk}")
    see_out(as_alice, item, bob)
    assert as_bob("GET", chipped).json()["withdrawn"] is True


def test_the_table_and_the_page_name_it(
    as_alice: Api, as_bob: Api, chipped: str, item: Item, bob: User
) -> None:
    see_out(as_alice, item, bob)
    rewrite(as_alice, item)
    rows = list(csv.DictReader(as_bob("GET", "/reservations.csv").text.lstrip("\ufeff").splitlines()))
    assert [(row["occasion"], row["title"], row["due_date"]) for row in rows] == [
        ("Alice's birthday", "", "2030-05-04"),
        ("Alice's birthday", "Kettle", "2030-05-04"),
    ]
    browser = Client()
    browser.force_login(bob)
    page = browser.get("/gifts").text
    assert ("Kettle" in page, "Alice&#x27;s birthday" in page, "anary" in page) == (True, True, False)


def test_another_amount_remembers_the_same(as_alice: Api, as_bob: Api, chipped: str, item: Item) -> None:
    before = Contribution.objects.get(item=item).taken_as
    rewrite(as_alice, item)
    as_bob("PATCH", chipped, {"amount": 1})
    assert Contribution.objects.get(item=item).taken_as == before != {}


BEFORE, AFTER = ("wishlists", "0004_append_only_log"), ("wishlists", "0006_fill_what_contributions_remember")


@pytest.fixture
def newest() -> Iterator[None]:
    """Whatever happens, the next test finds the tables of today."""
    targets = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield
    MigrationExecutor(connection).migrate(targets)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("newest")
def test_rows_from_before_are_filled_there_and_back(
    item: Item, wishlist: Wishlist, bob: User, charlie: User
) -> None:
    guest = join_guest(wishlist=wishlist, name="Grandma")
    MigrationExecutor(connection).migrate([BEFORE])
    old = (
        MigrationExecutor(connection)
        .loader.project_state([BEFORE])
        .apps.get_model("wishlists", "Contribution")
    )
    money = {"amount_minor": 100, "currency": "EUR"}
    kettle = old.objects.create(item_id=item.pk, user_id=bob.pk, **money)
    pot = old.objects.create(pot_id=wishlist.pk, guest_id=guest.pk, **money)
    strangers = old.objects.create(item_id=item.pk, user_id=charlie.pk, **money)
    MigrationExecutor(connection).migrate([AFTER])
    said = dict(Contribution.objects.values_list("pk", "taken_as"))
    assert said[kettle.pk] == {
        "title": "Kettle", "description": "", "link_url": "", "image_url": "", "quantity": 1, "price_minor": 4990,
        "currency": "EUR", "list_title": "Alice's birthday", "due_date": None,
    }  # fmt: skip
    assert (said[pot.pk], said[strangers.pk]) == ({"list_title": "Alice's birthday", "due_date": None}, {})
    MigrationExecutor(connection).migrate([BEFORE])
    assert old.objects.count() == 3

"""A contribution keeps a snapshot of what it was for. Givers who lost access see that, and nothing newer (G8)."""

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
    """Bob's contribution of five euros to Alice's kettle, and of two euros to the pot. Their paths."""
    as_alice("PATCH", f"/wishlists/{item.wishlist_id}", {"due_date": "2030-05-04"})
    as_bob("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions", {"amount": 5})
    as_bob("POST", f"/wishlists/{item.wishlist_id}/pot/contributions", {"amount": 2})
    return f"/contributions/{Contribution.objects.get(item=item).pk}"


def remove_bob(as_alice: Api, item: Item, bob: User) -> None:
    as_alice("DELETE", f"/wishlists/{item.wishlist_id}/shares/{bob.pk}")


def rewrite(as_alice: Api, item: Item) -> None:
    as_alice("PATCH", f"/items/{item.pk}", NEWER)
    as_alice("PATCH", f"/wishlists/{item.wishlist_id}", {"title": "Canary list", "due_date": "2031-01-01"})


def test_contribution_stays_as_it_was_when_access_was_lost(
    as_alice: Api, as_bob: Api, chipped: str, item: Item, bob: User
) -> None:
    remove_bob(as_alice, item, bob)
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


def test_later_changes_do_not_change_the_answer(
    as_alice: Api, as_bob: Api, chipped: str, item: Item, bob: User
) -> None:
    remove_bob(as_alice, item, bob)
    paths = ("/contributions", chipped, "/reservations.csv")
    before = [as_bob("GET", path).content for path in paths]
    rewrite(as_alice, item)
    as_alice("DELETE", f"/items/{item.pk}")
    assert [as_bob("GET", path).content for path in paths] == before


def test_control_members_read_newer_changes(as_alice: Api, as_bob: Api, chipped: str, item: Item) -> None:
    rewrite(as_alice, item)
    row = as_bob("GET", chipped).json()
    assert (row["item"]["title"], row["is_snapshot"]) == ("Canary kettle", False)
    assert row["occasion"] == {"title": "Canary list", "due_date": "2031-01-01"}


def test_they_know_what_was_withdrawn_while_they_had_access(
    as_alice: Api, as_bob: Api, chipped: str, item: Item, bob: User
) -> None:
    as_alice("DELETE", f"/items/{item.pk}")
    remove_bob(as_alice, item, bob)
    assert as_bob("GET", chipped).json()["withdrawn"] is True


def test_csv_table_and_page_show_the_snapshot(
    as_alice: Api, as_bob: Api, chipped: str, item: Item, bob: User
) -> None:
    remove_bob(as_alice, item, bob)
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


def test_changing_the_amount_keeps_the_snapshot(as_alice: Api, as_bob: Api, chipped: str, item: Item) -> None:
    before = Contribution.objects.get(item=item).taken_as
    rewrite(as_alice, item)
    as_bob("PATCH", chipped, {"amount": 1})
    assert Contribution.objects.get(item=item).taken_as == before != {}


BEFORE, AFTER = ("wishlists", "0004_append_only_log"), ("wishlists", "0006_fill_what_contributions_remember")


@pytest.fixture
def newest() -> Iterator[None]:
    """Migrate to the newest state again, so that the next test finds today's tables."""
    targets = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield
    MigrationExecutor(connection).migrate(targets)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("newest")
def test_migration_fills_old_rows_and_can_be_reversed(
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
    snapshots = dict(Contribution.objects.values_list("pk", "taken_as"))
    assert snapshots[kettle.pk] == {
        "title": "Kettle", "description": "", "link_url": "", "image_url": "", "quantity": 1, "price_minor": 4990,
        "currency": "EUR", "list_title": "Alice's birthday", "due_date": None,
    }  # fmt: skip
    assert (snapshots[pot.pk], snapshots[strangers.pk]) == (
        {"list_title": "Alice's birthday", "due_date": None},
        {},
    )
    MigrationExecutor(connection).migrate([BEFORE])
    assert old.objects.count() == 3

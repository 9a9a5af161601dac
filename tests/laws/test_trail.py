"""The log (G17): one row for each denial, and no row can be changed in any way. See test_trail_of_actions.py too."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.api.csv_answers import safe_cell
from sharing.access.capabilities import link_token
from sharing.services.links import make_link, revoke_link
from tests.support.api_clients import Api
from wishlists.models import Activity, Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import NotHolder
from wishlists.services.denials import A_PERSON_AND_HOUR, LOGGED
from wishlists.services.lists.people import join_guest
from wishlists.services.reserving import release_item, reserve_item

pytestmark = pytest.mark.django_db

TABLE = "wishlists_activity"


def as_seen_by(user: User, item: Item) -> Item:
    return Item.objects.get(pk=item.pk)


def denials() -> list[tuple[str, str, Any]]:
    rows = Activity.objects.filter(kind__startswith="denied_").order_by("created_at")
    return list(rows.values_list("kind", "circle", "user__display_name"))


# --- no row is ever changed ---------------------------------------------------------------------------------------

WAYS: dict[str, Callable[[Activity], Any]] = {
    "queryset update": lambda row: Activity.objects.filter(pk=row.pk).update(kind="x"),
    "queryset delete": lambda row: Activity.objects.filter(pk=row.pk).delete(),
    "save": lambda row: row.save(),
    "delete": lambda row: row.delete(),
    "SQL update": lambda row: sql("UPDATE wishlists_activity SET kind = 'x'"),
    "SQL delete": lambda row: sql("DELETE FROM wishlists_activity"),
    "upsert": lambda row: Activity.objects.bulk_create(
        [
            Activity(
                pk=row.pk, wishlist_id=row.wishlist_id, kind="x", circle="everyone", created_at=row.created_at
            )
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["kind"],
    ),
}
OF_POSTGRESQL = {"truncate": f"TRUNCATE {TABLE}", "truncate all": "TRUNCATE wishlists_wishlist CASCADE"}
OF_SQLITE = {"replace": "INSERT OR REPLACE INTO wishlists_activity SELECT * FROM wishlists_activity"}


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("way", WAYS)
def test_no_row_of_the_log_can_be_changed(way: str, item: Item) -> None:
    row = Activity.objects.filter(item=item).get()
    before = list(Activity.objects.values())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        WAYS[way](row)
    assert list(Activity.objects.values()) == before


def test_no_row_can_be_changed_by_statements_of_one_database(item: Item) -> None:
    before = list(Activity.objects.values())
    connection.check_constraints()  # PostgreSQL truncates no table with pending constraint checks
    for statement in (OF_SQLITE if connection.vendor == "sqlite" else OF_POSTGRESQL).values():
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            sql(statement)
    assert list(Activity.objects.values()) == before


def test_control_rows_can_be_changed_without_the_triggers(item: Item) -> None:
    names = {
        "sqlite": ["DROP TRIGGER log_row_is_not_updated"],
        "postgresql": [f"DROP TRIGGER log_row_stays ON {TABLE}"],
    }[connection.vendor]
    for statement in names:
        sql(statement)
    assert Activity.objects.filter(item=item).update(kind="x") == 1


# --- denials ------------------------------------------------------------------------------------------------------


def test_denied_action_is_logged(as_alice: Api, as_bob: Api, wishlist: Wishlist, item: Item) -> None:
    path = f"/wishlists/{wishlist.pk}"
    refused = [
        as_bob("PATCH", path, {"policy": "open"}),
        as_bob("POST", f"{path}/items", {"title": "x"}),
        as_bob("DELETE", f"/items/{item.pk}"),
        as_bob("POST", f"{path}/shares", {"email": "x@example.org", "role": "viewer"}),
        as_bob("POST", f"{path}/public-link", {}),
        as_bob("DELETE", path),
        as_alice("POST", f"{path}/items/{item.pk}/reservations", {}),
        as_alice("PATCH", path, {"policy": "open"}),
    ]
    codes = [answer.json()["code"] for answer in refused]
    assert denials() == [
        (f"denied_{code}", "moderators", "Alice" if index >= 6 else "Bob") for index, code in enumerate(codes)
    ]
    assert set(codes) == {"editor_only", "owner_only", "recipient", "secret_sealed"} < LOGGED


def test_denied_action_with_an_idempotency_key_is_logged(as_bob: Api, wishlist: Wishlist) -> None:
    key = {"idempotency-key": "6b1bd1f5"}
    assert as_bob("DELETE", f"/wishlists/{wishlist.pk}", headers=key).status_code == 403
    assert denials() == [("denied_owner_only", "moderators", "Bob")]


def test_denied_page_is_logged(bob: User, wishlist: Wishlist, item: Item) -> None:
    browser = Client()
    browser.force_login(bob)
    assert browser.get(f"/lists/{wishlist.pk}/sharing").status_code == 403
    assert denials() == []
    assert browser.post(f"/lists/{wishlist.pk}/link", {}).status_code == 403
    assert browser.post(f"/lists/{wishlist.pk}/items/{item.pk}", {"action": "received"}).status_code != 500
    assert denials()[0] == ("denied_owner_only", "moderators", "Bob")


def test_only_givers_see_who_tried_to_release_anothers_reservation(
    as_alice: Api, as_bob: Api, charlie: User, item: Item, bob: User, wishlist: Wishlist
) -> None:
    guest = Viewer(guest=join_guest(wishlist=wishlist, name="Grandma"), by_link=True)
    reserve_item(item=as_seen_by(charlie, item), by=guest)
    before = as_alice("GET", f"/wishlists/{wishlist.pk}/activity").content
    assert as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "available"}).status_code == 403
    assert denials() == [("denied_not_holder", "givers", "Bob")]
    assert as_alice("GET", f"/wishlists/{wishlist.pk}/activity").content == before


def test_conflict_is_not_logged_as_a_denial(
    as_bob: Api, charlie: User, item: Item, wishlist: Wishlist
) -> None:
    guest = Viewer(guest=join_guest(wishlist=wishlist, name="Grandma"), by_link=True)
    reserve_item(item=as_seen_by(charlie, item), by=guest)
    assert as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"}).status_code == 409
    assert denials() == []


def test_denied_guest_is_named_in_the_log(item: Item, charlie: User, wishlist: Wishlist) -> None:
    holder = Viewer(guest=join_guest(wishlist=wishlist, name="Grandma"), by_link=True)
    reserve_item(item=as_seen_by(charlie, item), by=holder)
    other = Viewer(guest=join_guest(wishlist=wishlist, name="Uncle"), by_link=True)
    with pytest.raises(NotHolder):
        release_item(item=as_seen_by(charlie, item), by=other)
    assert Activity.objects.get(kind="denied_not_holder").guest == other.guest


def test_repeated_denials_do_not_fill_the_log(as_bob: Api, wishlist: Wishlist) -> None:
    for _try in range(A_PERSON_AND_HOUR + 5):
        assert as_bob("DELETE", f"/wishlists/{wishlist.pk}").status_code == 403
    assert len(denials()) == A_PERSON_AND_HOUR
    as_bob("PATCH", f"/wishlists/{wishlist.pk}", {"title": "x"})
    assert len(denials()) == A_PERSON_AND_HOUR + 1, "each kind has a number of its own"


# --- the table for the owner --------------------------------------------------------------------------------------


def test_owner_gets_the_table_after_the_reveal(
    as_alice: Api, as_bob: Api, wishlist: Wishlist, item: Item, bob: User, charlie: User
) -> None:
    path = f"/wishlists/{wishlist.pk}/activity.csv"
    early = as_alice("GET", path)
    assert (early.status_code, early.json()["code"]) == (409, "not_revealed")
    as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"})
    assert as_alice("GET", path).content == early.content, "whether anybody gave is not told by the refusal"
    assert as_bob("GET", path).json()["code"] == "owner_only"
    Item.objects.filter(pk=item.pk).update(title='=HYPERLINK("http://evil")')
    Wishlist.objects.filter(pk=wishlist.pk).update(revealed_at=timezone.now())
    answer = as_alice("GET", path)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    kinds = [(row["kind"], row["who"]) for row in rows]
    assert kinds.index(("item_added", "Alice")) < kinds.index(("item_reserved", "Bob"))
    assert {row["item"] for row in rows if row["kind"] == "item_reserved"} == {'\'=HYPERLINK("http://evil")'}


def test_table_contains_no_secret(
    as_alice: Api, api: Api, wishlist: Wishlist, item: Item, alice: User
) -> None:
    link = make_link(wishlist=wishlist, by=alice)[0]
    token = link_token(link)
    body = {"reservation_status": "reserved", "guest_name": "Grandma", "guest_email": "g@example.org"}
    mine = api("PATCH", f"/public/wishlists/items/{item.pk}?token={token}", body).json()["manage_token"]
    revoke_link(wishlist=Wishlist.objects.get(pk=wishlist.pk), by=alice)
    Wishlist.objects.filter(pk=wishlist.pk).update(revealed_at=timezone.now())
    text = as_alice("GET", f"/wishlists/{wishlist.pk}/activity.csv").content.decode()
    assert "Grandma" in text
    kept = text + str(list(Activity.objects.values()))
    assert not any(secret in kept for secret in (token, mine, "g@example.org"))


@pytest.mark.parametrize(
    ("typed", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("Kettle", "Kettle"),
        (None, ""),
        ("a=b", "a=b"),
    ],
)
def test_table_cells_are_never_formulas(typed: str | None, safe: str) -> None:
    assert safe_cell(typed) == safe


def test_page_links_to_the_table_when_it_exists(alice: User, wishlist: Wishlist) -> None:
    browser = Client()
    browser.force_login(alice)
    assert b"activity.csv" not in browser.get(f"/lists/{wishlist.pk}/log").content
    Wishlist.objects.filter(pk=wishlist.pk).update(revealed_at=timezone.now())
    assert b"activity.csv" in browser.get(f"/lists/{wishlist.pk}/log").content

"""My gifts in the API: changes, filters, history, checking out, budgets, the CSV table."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from accounts.models import Notification, User
from tests.support.api_clients import Api, refused
from wishlists.api.serializers.budgets import BudgetSerializer
from wishlists.models import Budget, Contribution, Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.people import share_wishlist
from wishlists.tests.shapes import agrees

pytestmark = pytest.mark.both


@pytest.fixture
def lamp(dora: User, bob: User) -> Item:
    """A lamp on Dora's list, of which Bob is a member."""
    made = create_wishlist(owner=dora, title="Moving house")
    made = Wishlist.objects.get(pk=made.pk)
    share_wishlist(wishlist=made, by=dora, email=bob.email, role="viewer")
    return add_item(wishlist=made, by=Viewer(user=dora), title="Lamp", price_minor=1000, currency="CHF")


def take(api: Api, item: Item, **body: Any) -> Any:
    made = api("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/reservations", body)
    assert made.status_code == 201
    return made.json()


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [row["id"] for row in answer.json()]


def test_reservation_names_recipients_and_occasion(as_alice: Api, as_bob: Api, item: Item) -> None:
    as_alice("PATCH", f"/wishlists/{item.wishlist_id}", {"due_date": "2030-05-04"})
    made = take(as_bob, item)
    assert made["recipients"] == ["Alice"]
    assert made["occasion"] == {"title": "Alice's birthday", "due_date": "2030-05-04"}
    assert (made["stage"], made["is_offer"], made["lapses_at"], made["released_at"]) == (
        "reserved",
        False,
        None,
        None,
    )
    assert (made["changes"], made["is_snapshot"]) == ({}, False)


def test_recipient_without_an_account_is_named(as_bob: Api, item: Item) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(recipient_name="Mia")
    assert take(as_bob, item)["recipients"] == ["Alice", "Mia"]


def test_reservation_shows_changes_as_old_and_new(as_alice: Api, as_bob: Api, item: Item) -> None:
    path = f"/reservations/{take(as_bob, item)['id']}"
    new = {"title": "Samovar", "description": "The big one", "quantity": None, "price": 60}
    as_alice("PATCH", f"/items/{item.pk}", new)
    assert as_bob("GET", path).json()["changes"] == {
        "title": {"old": "Kettle", "new": "Samovar"},
        "description": {"old": None, "new": "The big one"},
        "quantity": {"old": 1, "new": None},
        "price": {"old": 49.9, "new": 60},
    }
    as_alice("PATCH", f"/items/{item.pk}", {"currency": "USD"})
    changes = as_bob("GET", path).json()["changes"]
    assert (changes["price"], changes["currency"]) == (
        {"old": 49.9, "new": 60},
        {"old": "EUR", "new": "USD"},
    )
    back = {"title": "Kettle", "description": None, "quantity": 1, "price": 49.9, "currency": "EUR"}
    as_alice("PATCH", f"/items/{item.pk}", back)
    assert as_bob("GET", path).json()["changes"] == {}


def test_holders_are_notified_of_old_and_new(as_alice: Api, as_bob: Api, item: Item, bob: User) -> None:
    take(as_bob, item)
    as_alice("PATCH", f"/items/{item.pk}", {"title": "Samovar", "price": 60, "position": 4})
    notice = Notification.objects.get(user=bob, kind="item_changed")
    assert notice.payload["changes"] == {
        "title": {"old": "Kettle", "new": "Samovar"},
        "price": {"old": 49.9, "new": 60},
    }
    assert notice.payload["fields"] == ["position", "price_minor", "title"]
    assert notice.body.replace("\N{NO-BREAK SPACE}", " ").splitlines() == [
        "Title: Kettle → Samovar",
        "Price: €49.90 → €60.00",
    ]
    as_alice("PATCH", f"/items/{item.pk}", {"position": 5})
    assert Notification.objects.filter(user=bob, kind="item_changed").count() == 1


def test_filters_limit_the_reservations(as_bob: Api, item: Item, lamp: Item) -> None:
    kettle, light = take(as_bob, item), take(as_bob, lamp, stage="wrapped")
    year = kettle["created_at"][:4]
    assert ids(as_bob("GET", "/reservations")) == [light["id"], kettle["id"]]
    assert ids(as_bob("GET", f"/reservations?wishlist={item.wishlist_id}")) == [kettle["id"]]
    assert ids(as_bob("GET", "/reservations?stage=wrapped")) == [light["id"]]
    assert ids(as_bob("GET", f"/reservations?year={year}&stage=reserved")) == [kettle["id"]]
    assert ids(as_bob("GET", "/reservations?year=2001")) == []


@pytest.mark.parametrize(
    "query", ["year=x", "year=1", "year=99999999999", "wishlist=7", "stage=bought", "released=maybe"]
)
@pytest.mark.parametrize("path", ["/reservations", "/reservations.csv"])
def test_invalid_filters_are_named(query: str, path: str, as_bob: Api) -> None:
    answer = as_bob("GET", f"{path}?{query}")
    assert refused(answer) == (400, "bad_filter")
    assert answer["Content-Type"].startswith("application/problem+json")


def test_released_reservations_are_listed_on_request(as_bob: Api, item: Item, lamp: Item) -> None:
    kettle, light = take(as_bob, item, message="red"), take(as_bob, lamp)
    as_bob("DELETE", f"/reservations/{kettle['id']}")
    assert ids(as_bob("GET", "/reservations?released=false")) == [light["id"]]
    [row] = as_bob("GET", "/reservations?released=true").json()
    assert (row["id"], row["message"], row["released_at"] is not None) == (kettle["id"], "red", True)
    assert refused(as_bob("GET", f"/reservations/{kettle['id']}")) == (404, "no_such_reservation")


def test_new_recipient_sees_reservations_as_they_were(
    as_alice: Api, as_bob: Api, item: Item, bob: User
) -> None:
    kettle = take(as_bob, item)
    bob.memberships.filter(wishlist=item.wishlist_id).update(is_recipient=True)
    as_alice("PATCH", f"/items/{item.pk}", {"title": "Canary"})
    table = as_bob("GET", "/reservations.csv").text
    assert "Kettle" in table
    assert "Canary" not in table
    as_bob("DELETE", f"/reservations/{kettle['id']}")
    [row] = as_bob("GET", "/reservations?released=true").json()
    assert (row["id"], row["item"]["title"]) == (kettle["id"], "Kettle")


def checkout(api: Api, *rows: Any) -> Any:
    return api("POST", "/reservations/checkout", {"ids": [row["id"] for row in rows]})


def mails() -> list[DBTaskResult]:
    return list(DBTaskResult.objects.filter(task_path__contains="send_mail_job").order_by("enqueued_at"))


def test_checkout_marks_several_as_bought_and_sends_one_mail(
    as_alice: Api, as_bob: Api, item: Item, lamp: Item, bob: User
) -> None:
    as_alice("PATCH", f"/items/{item.pk}", {"quantity": 3})
    kettles, light = take(as_bob, item, units=2), take(as_bob, lamp)
    answer = checkout(as_bob, kettles, light)
    assert {row["id"]: row["stage"] for row in answer.json()} == {
        kettles["id"]: "ordered",
        light["id"]: "ordered",
    }
    [sent] = mails()
    letter = sent.args_kwargs["kwargs"]
    assert (letter["to"], letter["subject"]) == (bob.email, "You marked 2 gifts as bought")
    body = letter["body"].replace("\N{NO-BREAK SPACE}", " ")
    assert "- CHF 10.00\n- €99.80\n" in body
    assert "/gifts" in body


def test_checkout_mail_has_no_text_of_other_people(as_alice: Api, as_bob: Api, item: Item) -> None:
    as_alice("PATCH", f"/items/{item.pk}", {"title": "Canary", "price": None})
    checkout(as_bob, take(as_bob, item, message="Canary"))
    [sent] = mails()
    text = str(sent.args_kwargs)
    assert "1 without a price" in text
    assert not {word for word in ("Canary", "Alice") if word in text}


def test_repeated_checkout_changes_nothing_and_sends_no_mail(as_bob: Api, item: Item, lamp: Item) -> None:
    kettle, light = take(as_bob, item, stage="wrapped"), take(as_bob, lamp)
    for _ in range(2):
        assert {row["stage"] for row in checkout(as_bob, kettle, light).json()} == {"wrapped", "ordered"}
    assert len(mails()) == 1


@pytest.mark.parametrize("other", ["unknown", "dora's", "released"])
def test_failed_checkout_marks_nothing_as_bought(
    other: str, as_alice: Api, as_bob: Api, as_dora: Api, item: Item, lamp: Item, bob: User, dora: User
) -> None:
    kettle = take(as_bob, item)
    wrong: Any = {"id": "00000000-0000-4000-8000-000000000009"}
    if other == "dora's":
        as_alice("PATCH", f"/items/{item.pk}", {"quantity": 2})
        as_alice("POST", f"/wishlists/{item.wishlist_id}/shares", {"email": dora.email, "role": "viewer"})
        wrong = take(as_dora, item)
    elif other != "unknown":
        wrong = take(as_bob, lamp)
    if other == "released":
        as_bob("DELETE", f"/reservations/{wrong['id']}")
    assert refused(checkout(as_bob, kettle, wrong)) == (404, "no_such_reservation")
    assert as_bob("GET", f"/reservations/{kettle['id']}").json()["stage"] == "reserved"
    assert mails() == []
    assert mail.outbox == []


def test_new_recipient_checks_out_earlier_reservations(as_bob: Api, item: Item, bob: User) -> None:
    kettle = take(as_bob, item)
    bob.memberships.filter(wishlist=item.wishlist_id).update(is_recipient=True)
    [row] = checkout(as_bob, kettle).json()
    assert (row["stage"], row["is_snapshot"]) == ("ordered", True)
    assert len(mails()) == 1


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": ["x"]}, {"ids": ["x"] * 201}], ids=str)
def test_invalid_checkouts_are_named(body: Any, as_bob: Api) -> None:
    assert refused(as_bob("POST", "/reservations/checkout", body)) == (400, "invalid_input")


@pytest.fixture
def budget(item: Item) -> str:
    return f"/wishlists/{item.wishlist_id}/budget"


def test_budget_shows_planned_and_bought(as_alice: Api, as_bob: Api, budget: str, item: Item) -> None:
    nothing: dict[str, Any] = {
        "wishlist_id": str(item.wishlist_id),
        "amount": None,
        "currency": None,
        "planned": 0,
        "bought": 0,
        "other_currencies": [],
    }
    assert as_bob("GET", budget).json() == nothing
    answer = as_bob("PUT", budget, {"amount": 120.5, "currency": "eur"}).json()
    agrees(answer, BudgetSerializer)
    assert (answer["amount"], answer["currency"]) == (120.5, "EUR")
    reservation = take(as_bob, item)
    as_bob("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions", {"amount": 10})
    assert as_bob("GET", budget).json()["planned"] == 59.9
    checkout(as_bob, reservation)
    after = as_bob("PATCH", budget, {"amount": 0}).json()
    assert (after["amount"], after["planned"], after["bought"]) == (0, 10, 49.9)
    assert as_bob("DELETE", budget).status_code == 204
    assert as_bob("GET", budget).json() == nothing


@pytest.mark.parametrize(
    "body", [{}, {"amount": -1}, {"amount": 1.001}, {"amount": 1, "currency": "XXY"}], ids=str
)
def test_invalid_budgets_are_named(body: Any, as_bob: Api, budget: str) -> None:
    assert refused(as_bob("PUT", budget, body)) == (400, "invalid_input")


def test_budget_is_private(as_alice: Api, as_bob: Api, as_charlie: Api, budget: str) -> None:
    """Recipients are refused a budget, always with the same answer."""
    before = as_alice("GET", budget).content
    as_bob("PUT", budget, {"amount": 5})
    for method in ("GET", "PUT", "DELETE"):
        assert refused(as_alice(method, budget, {"amount": 5})) == (403, "recipient")
        assert refused(as_charlie(method, budget, {"amount": 5})) == (404, "no_such_list")
    assert as_alice("GET", budget).content == before
    assert Budget.objects.count() == 1


def table(answer: Any) -> list[dict[str, str]]:
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="gifts.csv"' in answer["Content-Disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = answer.content.decode("utf-8-sig")
    assert lines.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(lines, newline="")))


def test_csv_table_lists_reservations_and_contributions(
    as_alice: Api, as_bob: Api, item: Item, lamp: Item
) -> None:
    as_alice("PATCH", f"/items/{item.pk}", {"quantity": 3})
    take(as_bob, item, units=2, message='He said "red",\nor so')
    take(as_bob, lamp, stage="arrived")
    as_bob("POST", f"/wishlists/{lamp.wishlist_id}/items/{lamp.pk}/contributions", {"amount": 2.5})
    money, light, kettle = table(as_bob("GET", "/reservations.csv"))
    assert (
        kettle
        | {
            "kind": "gift",
            "for": "Alice",
            "occasion": "Alice's birthday",
            "title": "Kettle",
            "units": "2",
            "stage": "reserved",
            "unit_price": "49.90",
            "total": "99.80",
            "currency": "EUR",
            "message": 'He said "red",\nor so',
            "withdrawn": "false",
        }
        == kettle
    )
    assert (light["for"], light["stage"], light["total"], light["currency"]) == (
        "Dora",
        "arrived",
        "10.00",
        "CHF",
    )
    assert (money["kind"], money["title"], money["stage"], money["total"]) == (
        "contribution",
        "Lamp",
        "pledged",
        "2.50",
    )
    assert [row["title"] for row in table(as_bob("GET", "/reservations.csv?stage=arrived"))] == ["Lamp"]
    assert len(table(as_bob("GET", f"/reservations.csv?wishlist={lamp.wishlist_id}"))) == 2


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_csv_table_escapes_formulas(text: str, as_bob: Api, item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(title=text)
    take(as_bob, item)
    [row] = table(as_bob("GET", "/reservations.csv"))
    assert row["title"] == f"'{text}"


def test_csv_table_of_a_giver_who_lost_access(as_alice: Api, as_bob: Api, item: Item, bob: User) -> None:
    take(as_bob, item)
    as_bob("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions", {"amount": 2})
    as_alice("DELETE", f"/wishlists/{item.wishlist_id}/shares/{bob.pk}")
    as_alice("PATCH", f"/items/{item.pk}", {"title": "Canary", "description": "Canary"})
    as_alice("PATCH", f"/wishlists/{item.wishlist_id}", {"title": "Canary"})
    answer = as_bob("GET", "/reservations.csv")
    assert "Canary" not in answer.text
    assert [row["title"] for row in table(answer)] == ["Kettle", "Kettle"]


def test_other_peoples_gifts_are_not_found(as_alice: Api, as_bob: Api, api: Api, item: Item) -> None:
    take(as_bob, item)
    assert len(table(as_alice("GET", "/reservations.csv"))) == 0
    assert api("GET", "/reservations.csv").status_code == 401
    assert Reservation.objects.count() == 1
    assert Contribution.objects.count() == 0

"""People over the API: each method, bulk, and that nobody reads the people of others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Notification, Tenant, User
from accounts.services.people import remove_user
from people.models import Person
from people.services import people as services
from people.services.forgetting import forget_removed_people
from people.services.people import add_person, edit_person, remove_people
from people.services.reminders import remind_of_birthdays
from tests.support.api_clients import Api, logged_in, refused

pytestmark = pytest.mark.django_db

GRAN = {
    "name": "Gran",
    "birthday": "--02-29",
    "sizes": {"Shoes": "38", "Ring": ""},
    "likes": "Jam",
    "dislikes": "",
    "notes": None,
    "remind_days": 7,
}


@pytest.mark.once
def test_person_from_start_to_end(as_alice: Api) -> None:
    made = as_alice("POST", "/people", GRAN)
    assert made.status_code == 201
    row = made.json()
    assert {name: row[name] for name in GRAN} == GRAN | {"sizes": {"Shoes": "38"}, "dislikes": None}
    assert (row["user_id"], row["wishlists"]) == (None, [])
    path = f"/people/{row['id']}"
    assert as_alice("GET", path).json() == as_alice("GET", "/people").json()[0] == row
    assert (
        as_alice("PATCH", path, {"likes": None, "birthday": "1940-03-01"}).json()["birthday"] == "1940-03-01"
    )
    replaced = as_alice("PUT", path, {"name": "Granny"}).json()
    assert (replaced["name"], replaced["birthday"], replaced["sizes"], replaced["remind_days"]) == (
        "Granny",
        None,
        {},
        None,
    )
    assert as_alice("DELETE", path).status_code == 204
    assert as_alice("GET", path).status_code == 404
    assert as_alice("POST", f"{path}/restore").json()["name"] == "Granny"
    assert len(as_alice("GET", "/people").json()) == 1


@pytest.mark.once
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": " "}, "/name"),
        ({"name": "x" * 81}, "/name"),
        ({"name": "x", "birthday": "1951-02-29"}, "/birthday"),
        ({"name": "x", "birthday": "2999-01-01"}, "/birthday"),
        ({"name": "x", "sizes": {str(n): "1" for n in range(21)}}, "/sizes"),
        ({"name": "x", "sizes": {"": "1"}}, "/sizes"),
        ({"name": "x", "sizes": {"Shoes": "x" * 61}}, "/sizes/Shoes"),
        ({"name": "x", "sizes": ["42"]}, "/sizes"),
        ({"name": "x", "remind_days": -1}, "/remind_days"),
        ({"name": "x", "user_id": "x"}, "/user_id"),
    ],
)
def test_bad_input_is_400_at_its_field(body: dict[str, Any], pointer: str, as_alice: Api) -> None:
    answer = as_alice("POST", "/people", body)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.once
def test_bulk_adds_all_or_nothing(as_alice: Api) -> None:
    good, bad = {"name": "Gran"}, {"name": "Grandpa", "birthday": "yesterday"}
    refusal = as_alice("POST", "/people/bulk", {"items": [good, bad]})
    assert refusal.status_code == 400
    assert [error["pointer"] for error in refusal.json()["errors"]] == ["/items/1/birthday"]
    assert not Person.objects.exists()
    partly = as_alice("POST", "/people/bulk?partial=true", {"items": [good, bad, 7]})
    assert partly.status_code == 200
    assert [row["name"] for row in partly.json()["created"]] == ["Gran"]
    assert [(one["index"], one["errors"][0]["pointer"]) for one in partly.json()["failed"]] == [
        (1, "/birthday"),
        (2, ""),
    ]
    many = as_alice("POST", "/people/bulk", {"items": [good] * 500})
    assert (many.status_code, len(many.json()["created"])) == (201, 500)
    for items in ([], [good] * 501):
        assert as_alice("POST", "/people/bulk", {"items": items}).status_code == 400


@pytest.mark.once
def test_bulk_deletes_all_or_nothing(as_alice: Api, alice: User, bob: User) -> None:
    mine = [str(add_person(by=alice, name=name).pk) for name in ("Gran", "Grandpa")]
    theirs = str(add_person(by=bob, name="Mum").pk)
    assert refused(as_alice("DELETE", "/people/bulk", {"ids": [*mine, theirs]})) == (404, "no_such_person")
    assert Person.objects.live().count() == 3
    assert as_alice("DELETE", "/people/bulk", {"ids": mine}).json() == {"deleted": 2}
    assert as_alice("GET", "/people").json() == []


@pytest.mark.once
def test_people_are_limited(as_alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_PEOPLE", 2)
    items = {"items": [{"name": "a"}, {"name": "b"}]}
    assert as_alice("POST", "/people/bulk", items).status_code == 201
    assert refused(as_alice("POST", "/people", {"name": "c"})) == (409, "people_full")


@pytest.mark.once
def test_people_of_others_and_of_other_tenants_are_not_found(
    alice: User, as_bob: Api, password_hash: str
) -> None:
    elsewhere = Tenant.objects.create(name="Elsewhere")
    mallory = User.objects.create(
        email="m@example.com", display_name="M", password=password_hash, tenant=elsewhere
    )
    person = add_person(by=alice, name="Gran")
    path = f"/people/{person.pk}"
    for api in (as_bob, Api(logged_in(mallory)["access_token"])):
        assert api("GET", "/people").json() == []
        for method, address, body in (
            ("GET", path, None),
            ("PUT", path, {"name": "x"}),
            ("PATCH", path, {"name": "x"}),
            ("DELETE", path, None),
            ("POST", f"{path}/restore", None),
            ("DELETE", "/people/bulk", {"ids": [str(person.pk)]}),
        ):
            assert api(method, address, body).status_code == 404, (method, address)
    own = Api(logged_in(mallory)["access_token"])("POST", "/people", {"name": "A", "user_id": str(alice.pk)})
    assert refused(own) == (404, "no_such_person"), "an account of another tenant is nobody"
    assert Api()("GET", "/people").status_code == 401


@pytest.mark.once
def test_strange_ids_are_not_found(as_alice: Api) -> None:
    assert as_alice("GET", f"/people/{uuid4()}").status_code == 404


# --- reminders ------------------------------------------------------------------------------------------------------


def due_today(alice: User, **fields: Any) -> Person:
    in_a_week = timezone.localdate() + timedelta(days=7)
    born = f"1950-{in_a_week:%m-%d}" if f"{in_a_week:%m-%d}" != "02-29" else "1952-02-29"
    person = add_person(by=alice, name="Gran", birthday=born, remind_days=7, **fields)
    Person.objects.filter(pk=person.pk).update(remind_on=timezone.localdate())
    return person


def test_reminder_comes_once_a_year(alice: User) -> None:
    person = due_today(alice)
    assert [remind_of_birthdays(), remind_of_birthdays()] == [1, 0]
    [notice] = Notification.objects.filter(user=alice, kind="birthday_soon")
    assert "Gran" in notice.title
    assert "7 days" in notice.title
    assert notice.payload["age"] == (timezone.localdate() + timedelta(days=7)).year - 1950
    person.refresh_from_db()
    assert person.remind_on is not None
    assert 350 < (person.remind_on - timezone.localdate()).days < 370


@pytest.mark.once
def test_reminder_follows_the_birthday(alice: User) -> None:
    person = due_today(alice)
    edit_person(person_id=person.pk, by=alice, remind_days=None)
    assert remind_of_birthdays() == 0
    edit_person(person_id=person.pk, by=alice, remind_days=30)
    person.refresh_from_db()
    assert person.remind_on == timezone.localdate() + timedelta(days=1), "it would have been before today"
    remove_people(by=alice, ids=[person.pk])
    Person.objects.update(remind_on=timezone.localdate())
    assert remind_of_birthdays() == 0


# --- forgetting -----------------------------------------------------------------------------------------------------


@pytest.mark.once
def test_removed_people_are_deleted_after_30_days(alice: User) -> None:
    kept, gone = (add_person(by=alice, name=name) for name in ("Gran", "Grandpa"))
    remove_people(by=alice, ids=[kept.pk, gone.pk])
    Person.objects.filter(pk=gone.pk).update(removed_at=timezone.now() - timedelta(days=31))
    assert forget_removed_people() == 1
    assert [person.pk for person in Person.objects.all()] == [kept.pk]


@pytest.mark.once
def test_deleted_account_leaves_nothing_of_its_people(alice: User, bob: User) -> None:
    add_person(by=alice, **(GRAN | {"dislikes": "Rain", "notes": "Soft heart"}))
    linked = add_person(by=bob, name="Alice", user_id=alice.pk)
    remove_user(user=alice)
    [row] = Person.objects.filter(owner=alice).values(*GRAN)
    text = str(row)
    assert not any(word in text for word in ("Gran", "38", "Jam", "Rain", "Soft", "02-29"))
    linked.refresh_from_db()
    assert linked.user_id is None

"""Lists for people without an account, and what happens when one of them gets an account."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Notification, User
from people.models import Person
from people.services.people import add_person, edit_person, remove_people
from tests.support.api_clients import Api, refused
from wishlists.models import Item, Member, PersonRecipient, Wishlist
from wishlists.services.lists import recipient_people
from wishlists.services.lists.recipient_people import set_recipient_people
from wishlists.tests.factories import take

pytestmark = pytest.mark.django_db


def place(wishlist: Wishlist, user: User) -> tuple[str, bool] | None:
    return (
        Member.objects.live().filter(wishlist=wishlist, user=user).values_list("role", "is_recipient").first()
    )


def chosen(wishlist: Wishlist) -> list[str]:
    return [
        row.person.name for row in PersonRecipient.objects.filter(wishlist=wishlist).order_by("created_at")
    ]


@pytest.mark.once
def test_list_is_made_for_a_person_and_names_them(as_alice: Api, alice: User, as_bob: Api, bob: User) -> None:
    mia = add_person(by=alice, name="Mia", notes="allergic to nuts")
    made = as_alice("POST", "/wishlists", {"title": "Birth", "person_ids": [str(mia.pk)]})
    assert made.status_code == 201, made.text
    row = made.json()
    assert (row["recipient_name"], row["i_am_recipient"]) == ("Mia", False)
    path = f"/wishlists/{row['id']}"
    as_alice("POST", f"{path}/shares", {"email": bob.email, "role": "viewer"})
    assert as_alice("GET", f"/people/{mia.pk}").json()["wishlists"] == [row["id"]]
    mine, theirs = (api("GET", f"{path}/recipients").json() for api in (as_alice, as_bob))
    assert mine == {"recipients": [], "recipient_name": "Mia", "person_ids": [str(mia.pk)]}
    assert theirs == mine | {"person_ids": []}
    assert "nuts" not in as_bob("GET", path).text + as_bob("GET", f"{path}/who-sees").text


@pytest.mark.once
def test_recipients_are_changed_and_named(as_alice: Api, alice: User, wishlist: Wishlist) -> None:
    mia, noah = (add_person(by=alice, name=name) for name in ("Mia", "Noah"))
    path = f"/wishlists/{wishlist.pk}/recipients"
    assert (
        as_alice("PUT", path, {"person_ids": [str(mia.pk), str(noah.pk)]}).json()["recipient_name"]
        == "Mia, Noah"
    )
    edit_person(person_id=noah.pk, by=alice, name="Noé")
    assert as_alice("GET", path).json()["recipient_name"] == "Mia, Noé"
    assert as_alice("PUT", path, {"recipient_name": "The twins"}).json()["person_ids"] == [
        str(mia.pk),
        str(noah.pk),
    ]
    edit_person(person_id=noah.pk, by=alice, name="Noah")
    assert as_alice("GET", path).json()["recipient_name"] == "The twins", "the owner wrote it"
    assert as_alice("PUT", path, {"person_ids": []}).json() | {"recipients": []} == {
        "recipients": [], "recipient_name": None, "person_ids": [],
    }  # fmt: skip


@pytest.mark.once
def test_people_of_others_cannot_be_recipients(as_alice: Api, bob: User, wishlist: Wishlist) -> None:
    theirs = add_person(by=bob, name="Mum")
    body = {"person_ids": [str(theirs.pk)]}
    assert refused(as_alice("PUT", f"/wishlists/{wishlist.pk}/recipients", body)) == (404, "no_such_person")
    assert refused(as_alice("POST", "/wishlists", body | {"title": "x"})) == (404, "no_such_person")
    assert Wishlist.objects.count() == 1


@pytest.mark.once
def test_removed_person_stays_on_the_list(alice: User, wishlist: Wishlist) -> None:
    mia = add_person(by=alice, name="Mia")
    set_recipient_people(wishlist=wishlist, by=alice, person_ids=[mia.pk])
    remove_people(by=alice, ids=[mia.pk])
    wishlist.refresh_from_db()
    assert (wishlist.recipient_name, chosen(wishlist)) == ("Mia", ["Mia"])


def test_linked_account_becomes_a_recipient_and_givers_are_told(
    as_bob: Api, alice: User, bob: User, charlie: User, wishlist: Wishlist, item: Item
) -> None:
    """Bob, who could see who gives what, turns out to be the person: from now on he is blind, and keeps what he took."""
    person = add_person(by=alice, name="Bobby")
    set_recipient_people(wishlist=wishlist, by=alice, person_ids=[person.pk])
    Member.objects.create(wishlist=wishlist, user=charlie, role="viewer")
    take(item, bob)
    edit_person(person_id=person.pk, by=alice, user_id=bob.pk)
    assert place(wishlist, bob) == ("viewer", True)
    assert chosen(wishlist) == []
    wishlist.refresh_from_db()
    assert wishlist.recipient_name == ""
    assert as_bob("GET", f"/wishlists/{wishlist.pk}/items").json()[0]["reservation_status"] == "available"
    assert len(as_bob("GET", "/reservations").json()) == 1
    told = Notification.objects.filter(kind="recipients_changed").values_list("user", flat=True)
    assert list(told) == [charlie.pk]
    assert Notification.objects.filter(kind="made_recipient", user=bob).count() == 1


@pytest.mark.once
def test_account_that_was_no_member_joins_as_a_recipient(
    alice: User, charlie: User, wishlist: Wishlist
) -> None:
    person = add_person(by=alice, name="Charlie", user_id=charlie.pk)
    set_recipient_people(wishlist=wishlist, by=alice, person_ids=[person.pk])
    assert (place(wishlist, charlie), chosen(wishlist)) == (("viewer", True), [])


@pytest.mark.once
def test_hidden_list_gets_the_account_too(alice: User, bob: User, wishlist: Wishlist) -> None:
    """A moderator may show it again."""
    person = add_person(by=alice, name="Bobby")
    set_recipient_people(wishlist=wishlist, by=alice, person_ids=[person.pk])
    Wishlist.objects.update(hidden_at=wishlist.created_at)
    edit_person(person_id=person.pk, by=alice, user_id=bob.pk)
    assert place(wishlist, bob) == ("viewer", True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, pytest.param(False, marks=pytest.mark.postgresql)])
def test_list_and_link_at_the_same_time_leave_no_giver(
    locked: bool, alice: User, bob: User, wishlist: Wishlist, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list gets the person while an account is linked to them. Control: without locks, the account stays a giver."""
    settings.TEST_WITHOUT_LOCKS = not locked
    person = add_person(by=alice, name="Bobby")
    read, linked = Event(), Event()
    people_of = recipient_people._people_of

    def slowly(found: Wishlist) -> list[Person]:
        """The people are read. Now the other change may come, if it can."""
        read.set()
        linked.wait(0.5 if locked and connection.vendor == "postgresql" else 2 * (not locked))
        return people_of(found)

    monkeypatch.setattr(recipient_people, "_people_of", slowly)

    def choose() -> None:
        with closing():
            set_recipient_people(wishlist=wishlist, by=alice, person_ids=[person.pk])

    def link() -> None:
        with closing():
            read.wait(10)
            monkeypatch.setattr(recipient_people, "_people_of", people_of)
            edit_person(person_id=person.pk, by=alice, user_id=bob.pk)
            linked.set()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(choose), pool.submit(link)]:
            done.result()
    assert (place(wishlist, bob) == ("viewer", True)) is locked


@contextmanager
def closing() -> Iterator[None]:
    try:
        yield
    finally:
        connection.close()


@pytest.mark.once
def test_pages_of_people(alices: Client, bobs: Client, alice: User, wishlist: Wishlist) -> None:
    assert "Nobody here yet" in alices.get("/people").text
    assert (
        alices.post(
            "/people", {"name": "Gran", "birth_day": "29", "birth_month": "2", "sizes": "Shoes: 38"}
        ).status_code
        == 302
    )
    person = Person.objects.get()
    assert (person.birthday, person.sizes) == ("--02-29", {"Shoes": "38"})
    page = alices.get("/people").text
    assert "Gran" in page
    assert "Shoes 38" in page
    there = f"/people/{person.pk}"
    assert alices.post(there, {"name": "Gran", "birth_day": "31", "birth_month": "2"}).status_code == 422
    assert alices.post(there, {"name": "Gran", "sizes": "38"}).status_code == 422
    assert bobs.get(there).status_code == 404
    started = alices.post(f"{there}/list")
    made = Wishlist.objects.exclude(pk=wishlist.pk).get()
    assert started["Location"] == f"/lists/{made.pk}"
    assert (made.title, made.recipient_name) == ("For Gran", "Gran")
    assert "For Gran" in alices.get(there).text
    gone = alices.post(f"{there}/remove")
    assert "was removed" in alices.get(gone["Location"]).text
    assert "was removed" not in bobs.get(gone["Location"]).text
    alices.post(f"{there}/restore")
    assert "Gran" in alices.get("/people").text
    settings = alices.get(f"/lists/{wishlist.pk}/settings").text
    assert "My people without an account" in settings
    sent = {"user_ids": [str(alice.pk)], "person_ids": [str(person.pk)]}
    assert alices.post(f"/lists/{wishlist.pk}/recipients", sent).status_code == 302
    assert chosen(wishlist) == ["Gran"]

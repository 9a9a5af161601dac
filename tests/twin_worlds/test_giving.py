"""Every field of every request is sent by some script, and texts of givers reach nobody who must not read them.

In one world givers send every body. Then recipients and outsiders read everything that they can open, and no text of a
giver may be in it. The controls add a field and show it to everybody, in one projection after another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker
from rest_framework import serializers

from accounts.models import User
from accounts.services.sessions import start_session
from core.projections.fields import Field, Get, Projection, UndeclaredField
from realtime.log.streams import list_key
from realtime.models import Event
from sharing.api.serializers import GuestReservationSerializer
from sharing.api.views.guests import PublicReservationView
from tests.support.stages import rolled_back
from tests.twin_worlds import routes, scripts
from tests.twin_worlds.bodies import UnknownField, bodies, fields_of
from tests.twin_worlds.chance import Chance, same_chance_and_time
from tests.twin_worlds.giving import SECRET, SECRET_OF_GUESTS
from tests.twin_worlds.twins import make_world
from tests.twin_worlds.world import CANARY, Call
from wishlists.api.serializers.fields import OptionalText
from wishlists.api.serializers.reservations import ReservationInputSerializer
from wishlists.api.views.reservations import ItemReservationViewSet, ReservationViewSet
from wishlists.models import Budget, Collection, Item, Reservation, WaitlistEntry, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.services.lists.items import add_item
from wishlists.services.lists.reveal import reveal_wishlist
from wishlists.web.forms.collections import CollectForm

pytestmark = [pytest.mark.django_db, pytest.mark.once]

TRIES = 6
"""How often a body is sent again for another random object, if the request was refused."""

NOTE = f"{CANARY} planted note"

READER = "dora"
"""A user who is not a member, and reads the list because it is public."""


class _Note(serializers.Serializer[Any]):
    """A new field for givers. A service would store it in a column of its own; here it is stored as the message."""

    planted_note = OptionalText(max_length=1000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        note = attrs.pop("planted_note", None)
        return attrs | ({"message": note} if note else {})


class PlantedSerializer(_Note, ReservationInputSerializer):
    pass


class PlantedOfGuests(_Note, GuestReservationSerializer):
    pass


class Loud:
    """A world in which givers sent every body of every secret act."""

    def __init__(self, password_hash: str, chance: Chance) -> None:
        self.world, self._chance, self._dice = make_world(0, password_hash), chance, Random(0)
        self.refused: list[str] = []
        self.sent: set[str] = set()
        for act in (*SECRET, *SECRET_OF_GUESTS):
            for body in act.bodies(CANARY):
                self.sent.update(body or ())
                if act.form is CollectForm:
                    self._end_group_gifts()
                self._do(act, body)
        self.item = self._given_in_every_way()
        self._let_in_a_reader()

    def _given_in_every_way(self) -> Item:
        """Return a new item for which Bob sent every secret request, and asked a question that recipients may read."""
        alice = self.world.people["alice"]
        wishlist = Wishlist.objects.get(pk=self.world.wishlist.pk)
        item = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Vase", quantity=1, price_minor=5000)
        for act in SECRET:
            if act.is_api and act.method == "POST" and "{item_id}" in f"{act.path}{act.bodies(CANARY)[0]}":
                about = replace(
                    act,
                    who="bob",
                    path=act.path.replace("{item_id}", str(item.pk)).replace(
                        "{wishlist_id}", str(wishlist.pk)
                    ),
                )
                body = {
                    name: str(item.pk) if name == "item_id" else value
                    for name, value in (act.bodies(CANARY)[0] or {}).items()
                }
                self.ask(scripts.call_of(about, body, self.world, self._dice))
        self.ask(
            Call(
                "bob",
                True,
                "POST",
                f"/api/v1/wishlists/{wishlist.pk}/items/{item.pk}/messages",
                {"lane": "questions", "text": "Which?"},
            )
        )
        return item

    def _end_group_gifts(self) -> None:
        """End all group gifts. A list has only one pot, and pages answer 422 if there is a group gift for it already."""
        Collection.objects.open().filter(wishlist=self.world.wishlist).update(ended_at=timezone.now())

    def _do(self, act: Any, body: Any) -> None:
        got = []
        for _ in range(TRIES):
            call = scripts.call_of(act, body, self.world, self._dice)
            got.append(self.ask(call)[0])
            if got[-1] < 400:
                return
        if not {403, 404, 409}.intersection(got):
            self.refused.append(f"{call} {got}")

    def _let_in_a_reader(self) -> None:
        reader = User.objects.create(email=f"{READER}@example.com", display_name="Dora", password="!")
        self.world.people[READER], self.world.sessions[READER] = reader, start_session(user=reader)
        Wishlist.objects.filter(pk=self.world.wishlist.pk).update(is_public=True)

    def ask(self, call: Call) -> tuple[int, list[tuple[str, str]], bytes]:
        self._chance.begin(f"{len(self.sent)} {call} {self._dice.random()}")
        with transaction.atomic():
            return self.world.send(call)

    def read(self, who: str, path: str) -> str:
        """Return the response that `who` gets. For `snapshots`, which have no URL, read the recipients' snapshots."""
        if path == "snapshots":
            return str(self.world.snapshots())
        address = path.format(wishlist_id=self.world.wishlist.pk, item_id=self.item.pk)
        token = scripts.filled(routes.query_of(path), self.world, self._dice)
        return self.ask(Call(who, True, "GET", f"/api/v1/{address}{token}"))[2].decode()


@pytest.fixture(scope="module")
def loud(django_db_setup: None, django_db_blocker: DjangoDbBlocker, password_hash: str) -> Iterator[Loud]:
    """The world, with a new field in the serializer of reservations. The scripts find it by themselves."""
    patch = pytest.MonkeyPatch()
    for view in (ItemReservationViewSet, ReservationViewSet):
        patch.setattr(view, "serializer_class", PlantedSerializer)
    patch.setattr(PublicReservationView, "serializer_class", PlantedOfGuests)
    routes.input_of.cache_clear()
    try:
        with rolled_back(django_db_blocker), same_chance_and_time("loud") as (chance, _clock):
            yield Loud(password_hash, chance)
    finally:
        patch.undo()
        routes.input_of.cache_clear()


def test_server_accepts_every_body(loud: Loud) -> None:
    assert loud.refused == []


def test_texts_of_givers_reach_nobody_else(loud: Loud) -> None:
    world, dice = loud.world, Random(1)
    for who in (*world.RECIPIENTS, READER, "stranger"):
        for call in scripts.everything(world, dice, who, item=str(loud.item.pk)):
            got = str(loud.ask(call))
            found = re.search(rf"{CANARY}[ \w-]*", got)
            assert found is None or CANARY in call.path, f"{call}: {found and found[0]}"


def test_every_form_of_a_page_is_sent_by_some_script() -> None:
    """A new form without a line in FORMS or in giving.py fails here, by name."""
    known = {form for some in routes.FORMS.values() for form in some} | set(routes.FORMS_UNSENT)
    known |= {act.form for act in (*SECRET, *SECRET_OF_GUESTS) if act.form is not None}
    known |= {base for form in known for base in form.__mro__}
    ours = (
        "accounts.web",
        "exchanges.web",
        "moderation.web",
        "notices.web",
        "people.web",
        "sharing.web",
        "webhooks.web",
        "wishlists.web",
    )
    assert {form for form in _all_forms(forms.Form) if form.__module__.startswith(ours)} - known == set()


def _all_forms(form: type[forms.Form]) -> Iterator[type[forms.Form]]:
    for one in form.__subclasses__():
        yield one
        yield from _all_forms(one)


READ_WITHOUT_A_FORM = {
    "next": "the page after a log-in; recipients in the scripts are logged in",
    "confirm": "reveals the gifts, so nothing is secret afterwards",
    "how": "`fill` would fetch a product page; the other values are sent",
}


def test_every_name_that_a_page_reads_is_sent_by_some_script() -> None:
    """Also names that no form declares."""
    read = {
        name
        for app in (
            "accounts",
            "exchanges",
            "moderation",
            "notices",
            "people",
            "sharing",
            "webhooks",
            "wishlists",
        )
        for file in Path(settings.BASE_DIR, app, "web").rglob("*.py")
        for name in re.findall(r"POST(?:\.get(?:list)?\(|\[)[\"']([\w-]+)", file.read_text())
    }
    sent = {name for path in routes.PAGES for body in routes.page_bodies(path) for name in body}
    sent |= {
        name for act in (*SECRET, *SECRET_OF_GUESTS) for body in act.bodies(CANARY) for name in body or ()
    }
    assert read - sent - set(READ_WITHOUT_A_FORM) == set()


def test_every_field_of_the_api_is_sent_by_some_script() -> None:
    unsent = {
        f"{method} {path}: {name}"
        for path in routes.API
        for method in routes.methods_of(path)
        if method not in ("GET", "DELETE") and (source := routes.input_of(method, path)) is not None
        for name in fields_of(source).keys()
        - {name for body in routes.api_bodies(method, path) for name in body}
        if (path, name) not in routes.FIELDS_UNSENT
    }
    assert unsent == set()


def test_control_field_of_an_unknown_class_fails_with_its_name() -> None:
    class Strange(serializers.Serializer[Any]):
        wrapping = serializers.DurationField()

    with pytest.raises(UnknownField, match="wrapping"):
        bodies(Strange, CANARY)


# --- controls: a planted field -----------------------------------------------------------------------------------------

READ_BY: dict[str, tuple[str, str]] = {
    "item": ("alice", "wishlists/{wishlist_id}/items/{item_id}"),
    "wishlist": ("alice", "snapshots"),
    "wishlist of an asker": ("alice", "wishlists/{wishlist_id}"),
    "counted wishlist": ("alice", "wishlists"),
    "delete impact": ("alice", "wishlists/{wishlist_id}/delete-impact"),
    "member": ("alice", "wishlists/{wishlist_id}/members"),
    "share": ("alice", "wishlists/{wishlist_id}/shares"),
    "group share": ("alice", "wishlists/{wishlist_id}/groups"),
    "group": ("alice", "groups"),
    "group member": ("alice", "groups"),
    "recipients": ("anna", "wishlists/{wishlist_id}/recipients"),
    "person": ("anna", "wishlists/{wishlist_id}/recipients"),
    "oneself": ("anna", "users/me"),
    "second factors": ("alice", "users/me/factors"),
    "notification": ("alice", "notifications"),
    "notification choice": ("alice", "users/me/notifications"),
    "push key": ("alice", "push/key"),
    "who sees": ("anna", "wishlists/{wishlist_id}/who-sees"),
    "message to an asker": ("alice", "wishlists/{wishlist_id}/items/{item_id}/messages"),
    "logged": ("anna", "wishlists/{wishlist_id}/activity"),
    "contributions": ("alice", "wishlists/{wishlist_id}/items/{item_id}/contributions"),
    "pot": ("alice", "snapshots"),
    "suggestion": ("alice", "wishlists/{wishlist_id}/suggestions"),
    "link": ("alice", "wishlists/{wishlist_id}/public-link"),
    "opened": ("alice", "public/wishlists"),
    "reservation": (READER, "wishlists/{wishlist_id}/items/{item_id}/reservations"),
    "contribution": (READER, "wishlists/{wishlist_id}/items/{item_id}/contributions"),
    "collection to an asker": ("stranger", "public/collections"),
    "invitation": ("stranger", "invitations"),
}
"""Per projection: somebody who must not see the note, and a path where they get a row of it."""

IN_STREAMS: dict[str, tuple[Audience, str, dict[str, Any]]] = {
    "message": (
        Audience.RECIPIENT,
        "wishlists/{wishlist_id}/items/{item_id}/messages",
        {"lane": "questions"},
    ),
    "collection": (Audience.PUBLIC, "wishlists/{wishlist_id}/collections", {"item_id": None}),
}
"""What only events say: whose stream, and what a giver does for one."""

OF_ONE_GIVER = {"own contribution", "place", "budget", "other spending"}
"""Rows that only the giver gets whose they are."""

AFTER_THE_REVEAL = {"giver", "given reservation", "given contribution", "thanked giver"}
"""Rows that nobody gets while anything is a secret."""

TO_GUESTS = {"manage token", "identified"}
"""Answers to people who came by the link and have just given a name."""

_FOR_STAFF = "for staff, and nobody here is; test_admin_pages.py reads it as a recipient"
NEVER_READ = {
    "job": "work that somebody began, which no script does",
    "job progress": "the same, while it runs",
    "own action": "lines of the export of one's own data, which is a file",
    **dict.fromkeys(
        (
            "account",
            "moderated list",
            "opened contribution",
            "opened giver",
            "opened giving",
            "opened message",
            "opened reservation",
            "report",
        ),
        _FOR_STAFF,
    ),
    "reported": "the answer to the person who reports something",
    "webhook": "for people who have made one, which no script does",
    "new webhook": "the answer to somebody who makes one",
    "webhook delivery": "for people who have a webhook",
    "feed link": "for people who have made one",
    "new feed link": "the answer to somebody who makes one",
    "push subscription": "for people whose browser has one",
    "session": "a log-in of the asker, and the scripts play without any",
    "passkey": "for people who have one, which needs a device",
    "API token": "for people who have made one, which no script does",
    "new API token": "the answer to somebody who makes one",
    "logged in words": "a file, whose columns the view names",
    "opening": "only for a link with a limit",
    "managed user": "for administrators of a tenant; recipients who are superusers play the scripts",
    "tenant": "for super admins, and recipients who are superusers play the scripts",
    "new tenant": "the answer to a super admin who makes one",
    "drawn recipient": "of an exchange, which says nothing of what is given on lists",
    "exchange": "of an exchange, which says nothing of what is given on lists",
    "exchange to join": "of an exchange, which says nothing of what is given on lists",
    "exclusion": "of an exchange, which says nothing of what is given on lists",
    "new participant": "of an exchange, which says nothing of what is given on lists",
    "participant": "of an exchange, which says nothing of what is given on lists",
    "private link": "of an exchange, which says nothing of what is given on lists",
    "known person": "for the user who noted it alone, and it says nothing of giving",
    "invited": "the answer to the owner who sends an invitation",
    "joined list": "the answer to somebody who accepts an invitation",
    "joined group": "the answer to somebody who accepts an invitation",
    "taken over": "the answer to a guest who moves their gifts into an account",
}
"""Rows that no script reads, and why."""

NOT_SHOWN_TO_OTHERS = OF_ONE_GIVER | AFTER_THE_REVEAL | TO_GUESTS | NEVER_READ.keys()
"""A leak in these is not found by the words of a giver, because nobody else gets such a row. The tests check that."""


def test_every_projection_is_in_one_of_the_tables() -> None:
    assert set(Projection.all) == {*READ_BY, *IN_STREAMS, *NOT_SHOWN_TO_OTHERS}


def _note(*_: object) -> str:
    return Reservation.objects.filter(message=NOTE).values_list("message", flat=True).first() or ""


@pytest.mark.parametrize("name", READ_BY)
def test_control_field_shown_to_everybody_is_found(
    name: str, loud: Loud, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, path = READ_BY[name]
    assert "planted_note" in loud.sent
    assert NOTE not in loud.read(who, path), "hidden by default"

    plant(name, _note, monkeypatch)
    assert NOTE in loud.read(who, path)


def plant(name: str, note: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a field to a projection, declared for everybody."""
    projection = Projection.all[name]
    leaking = Projection(
        "planted", projection.sights, *projection.fields, Field("planted_note", [*projection._plans], get=note),
        read=projection._read,
    )  # fmt: skip
    del Projection.all["planted"]
    monkeypatch.setattr(projection, "_plans", leaking._plans)


@pytest.mark.parametrize("name", IN_STREAMS)
def test_control_a_field_that_is_declared_for_everybody_is_found_in_a_stream(
    name: str, loud: Loud, monkeypatch: pytest.MonkeyPatch
) -> None:
    audience, path, body = IN_STREAMS[name]
    frames = Event.objects.filter(stream__key=list_key(loud.world.wishlist.pk, audience))
    assert not frames.filter(frame__contains=NOTE).exists()

    plant(name, lambda *_: NOTE, monkeypatch)
    loud._end_group_gifts()
    address = path.format(wishlist_id=loud.world.wishlist.pk, item_id=loud.item.pk)
    assert loud.ask(Call("bob", True, "POST", f"/api/v1/{address}", body | {"text": "Blue?"}))[0] == 201
    assert frames.filter(frame__contains=NOTE).exists()


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A leak in each projection that is not shown to others. It says in which."""
    for name in NOT_SHOWN_TO_OTHERS:
        plant(name, lambda *_, name=name: f"<{NOTE} of {name}>", monkeypatch)


def leaks_read_by(who: str, loud: Loud) -> set[str]:
    """Return the projections whose leak they read anywhere in the API."""
    calls = (
        call for call in scripts.everything(loud.world, Random(1), who, item=str(loud.item.pk)) if call.api
    )
    return {name for call in calls for name in re.findall(rf"<{NOTE} of ([\w ]+)>", str(loud.ask(call)))}


def test_rows_of_one_giver_and_those_after_the_reveal_are_read_by_nobody_else(
    loud: Loud, planted: None
) -> None:
    """So a field that is declared there for too many leaks nothing. The reader may give, and has an empty budget."""
    for who in (*loud.world.RECIPIENTS, "stranger"):
        assert leaks_read_by(who, loud) == set(), who
    assert leaks_read_by(READER, loud) == {"budget"}


def test_control_those_whose_rows_they_are_read_them(loud: Loud, planted: None) -> None:
    with transaction.atomic():
        Budget.objects.update(currency="CHF")  # so the rest was spent in other currencies
        carol = loud.world.people["carol"]
        WaitlistEntry.objects.get_or_create(item=loud.item, user=carol, ended_at=None)
        assert set().union(*(leaks_read_by(who, loud) for who in ("bob", "carol", "guest"))) == OF_ONE_GIVER
        transaction.set_rollback(True)


def test_control_guests_read_what_only_they_are_told(loud: Loud, planted: None) -> None:
    token, name = loud.world.some("token", Random(1)), {"guest_name": "Grandpa"}
    told = "".join(
        str(loud.ask(Call(who, True, method, f"/api/v1/public/{path}?token={token}", name)))
        for who, method, path in (("stranger", "POST", "guests"), ("guest", "PATCH", "guests/name"))
    )
    assert set(re.findall(rf"<{NOTE} of ([\w ]+)>", told)) == TO_GUESTS


def test_control_after_the_reveal_they_are_read(loud: Loud, planted: None) -> None:
    with transaction.atomic():
        wishlist = Wishlist.objects.get(pk=loud.world.wishlist.pk)
        reveal_wishlist(wishlist=wishlist, by=loud.world.people["alice"])
        assert leaks_read_by("alice", loud) >= AFTER_THE_REVEAL
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", [*READ_BY, *IN_STREAMS, *sorted(NOT_SHOWN_TO_OTHERS)])
def test_control_undeclared_field_is_refused_with_its_name(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    projection = Projection.all[name]
    for sight in projection.sights:
        row = projection.checked(dict.fromkeys(projection.names), sight)
        with pytest.raises(UndeclaredField, match="planted_note"):
            row["planted_note"] = NOTE
        with pytest.raises(UndeclaredField, match="planted_note"):
            row | {"planted_note": NOTE}
        with pytest.raises(UndeclaredField, match="planted_note"):
            projection.checked({**row, "planted_note": NOTE}, sight)
    assert "planted_note" in caplog.text
    assert NOTE not in caplog.text

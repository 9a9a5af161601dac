"""Settings cannot be used to peek: whatever an owner who is a recipient changes, in whatever order, tells them nothing
of giving.

Two worlds differ only in what givers did. Both get every sequence of up to four changes. An answer depends only on the
current settings and the change. So every change is tried once in every state that sequences lead to, nearest states
first. The answers must be equal, byte for byte except for ids, and so must everything that recipients read in each
state.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from core.db.prepared import forget_statements, prepared
from core.errors.refusals import Refusal
from sharing.services.links import make_link
from tests.support.api_clients import Api, logged_in
from wishlists.access.viewpoint import viewpoint_of
from wishlists.api.serializers.wishlists import WishlistChangeSerializer
from wishlists.models import Item, Member, Wishlist
from wishlists.models.people import MemberQuerySet
from wishlists.models.viewers import Viewer
from wishlists.projections.items import project_list
from wishlists.projections.wishlists import project_counted, project_wishlist_for
from wishlists.queries.activity import project_log, readable_log
from wishlists.services.lists import lists
from wishlists.services.lists.items import add_item
from wishlists.services.lists.lists import create_wishlist, edit_wishlist
from wishlists.services.lists.people import remove_member, share_wishlist
from wishlists.services.lists.recipients import set_recipients
from wishlists.services.lists.secret_additions import add_secret_item
from wishlists.services.money.contributing import contribute
from wishlists.services.reserving import reserve_item

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WALKS = [(2, 25), pytest.param(4, 100, marks=pytest.mark.slow)]
"""The number of changes in a sequence, and the least number of states that they lead to. The rules don't depend on the
database, so this runs on SQLite alone."""
OVER_HTTP = 1
"""After this many changes the services are called directly, because a request costs ten times as much."""

Body = dict[str, Any]
Move = tuple[str, str, str, Body]
"""Who, method, path under the list, and body. Names of people stand for their ids."""


def patch(**body: Any) -> Move:
    return "alice", "PATCH", "", body


def recipients(*people: str) -> Move:
    return "alice", "PUT", "/recipients", {"user_ids": list(people)}


MOVES: list[Move] = [
    *(patch(policy=policy) for policy in ("surprise", "status", "open")),
    *(patch(names_shown=shown) for shown in (True, False)),
    *(recipients(*people) for people in (("alice", "anna"), ("anna",))),
    *(patch(reveal_on=day) for day in ("2026-05-31", "2026-06-02")),
    patch(reveal_at="2026-03-01T11:00:00Z"),
    *(patch(time_zone=zone) for zone in ("Pacific/Auckland", "Pacific/Honolulu")),
    patch(is_public=True),
    patch(guests_confirm=True, suggestions_from="nobody"),
    ("anna", "DELETE", "/shares/anna", {}),
    ("alice", "POST", "/shares", {"email": "anna@example.com", "role": "viewer"}),
]


@dataclass
class State:
    """The settings after some changes. `ways` leads on to settings that were not met before, by the numbers of the
    changes in `MOVES`."""

    ways: dict[int, State] = field(default_factory=dict)


@dataclass
class Worlds:
    """Two lists of Alice's that differ only in what givers did."""

    people: dict[str, User]
    lists: list[Wishlist]
    apis: dict[str, Api] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.apis = {name: Api(logged_in(user)["access_token"]) for name, user in self.people.items()}

    def answers(self, move: Move, *, over_http: bool) -> list[Any]:
        ask = self._send if over_http else self._call
        return [ask(wishlist, move) for wishlist in self.lists]

    def _send(self, wishlist: Wishlist, move: Move) -> tuple[int, str]:
        who, method, path, body = move
        for name, user in self.people.items():
            path = path.replace(name, str(user.pk))
        if "user_ids" in body:
            body = {"user_ids": [str(self.people[name].pk) for name in body["user_ids"]]}
        answer = self.apis[who](method, f"/wishlists/{wishlist.pk}{path}", body)
        text = answer.content.decode().replace(str(wishlist.pk), "list")
        members = wishlist.members.order_by("created_at", "user__email")
        for number, pk in enumerate(members.values_list("pk", flat=True)):
            text = text.replace(str(pk), f"member {number}")
        return answer.status_code, text

    def _call(self, wishlist: Wishlist, move: Move) -> Any:
        """Do the same as a request, without HTTP."""
        who, method, _path, body = move
        by = self.people[who]
        [asked] = _asked(wishlist_id=wishlist.pk, user_id=by.pk)
        mine = viewpoint_of(Viewer(user=by), asked)
        try:
            if method == "PATCH":
                fields = _validated(json.dumps(body))
                edited = edit_wishlist(wishlist=mine.wishlist, by=by, **fields)
                return _without_ids(project_wishlist_for(replace(mine, wishlist=edited)))
            if method == "PUT":
                ids = [self.people[name].pk for name in body["user_ids"]]
                set_recipients(wishlist=mine.wishlist, by=by, user_ids=ids)
            elif method == "POST":
                share_wishlist(wishlist=mine.wishlist, by=by, **body)
            else:
                remove_member(wishlist=mine.wishlist, user=by, by=by)
        except Refusal as refusal:
            return refusal.status_code, refusal.get_codes()
        return "done"

    def settings(self) -> str:
        """Return everything that the next answer may depend on."""
        pk = self.lists[0].pk
        return json.dumps([_settings(wishlist_id=pk), _places(wishlist_id=pk)], default=str)

    def read_by_recipients(self, wishlist: Wishlist) -> list[Any]:
        """Return what Alice reads, and Anna once she is a recipient. On a public list Anna also reads after she has
        left."""
        rows = []
        for user in _readers(wishlist_id=wishlist.pk):
            viewer = Viewer(user=user)
            for seen in _seen(wishlist_id=wishlist.pk, user_id=user.pk, tenant_id=user.tenant_id):
                viewpoint = viewpoint_of(viewer, seen)
                rows += [*project_counted([viewpoint]), *project_list(seen, viewpoint.sight)]
                log = project_log(readable_log(viewpoint), viewpoint)
                rows += sorted(log, key=lambda row: str(row["kind"]))
        return [_without_ids(row) for row in rows]

    def walk(self, *, longest: int) -> None:
        """Walk breadth first, so that every state is met once, by one of its shortest paths."""
        self.seen = {self.settings()}
        start = State()
        for done in range(longest):
            self._walk_on(start, done, over_http=done < OVER_HTTP)

    def _walk_on(self, state: State, further: int, *, over_http: bool) -> None:
        """Try every change in all states at this distance."""
        if not further:
            self._try_all(state, over_http=over_http)
        for move, there in list(state.ways.items()) if further else ():
            with undone():
                self.answers(MOVES[move], over_http=False)
                self._walk_on(there, further - 1, over_http=over_http)

    def _try_all(self, state: State, *, over_http: bool) -> None:
        for number, move in enumerate(MOVES):
            with undone():
                first, second = self.answers(move, over_http=over_http)
                assert first == second, move
                there = self.settings()
                if there not in self.seen:
                    self.seen.add(there)
                    state.ways[number] = State()
                    one, other = map(self.read_by_recipients, self.lists)
                    assert one == other, (move, there)


# Requests that are made again and again, built once.


@cache
def _validated(body: str) -> dict[str, Any]:
    form = WishlistChangeSerializer(data=json.loads(body))
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


@prepared
def _asked(*, wishlist_id: UUID, user_id: UUID) -> QuerySet[Wishlist]:
    return Wishlist.objects.for_viewer(User(pk=user_id)).filter(pk=wishlist_id)


@prepared
def _settings(*, wishlist_id: UUID) -> QuerySet[Wishlist, tuple[Any, ...]]:
    return Wishlist.objects.filter(pk=wishlist_id).values_list(
        "policy",
        "names_shown",
        "reveal_at",
        "time_zone",
        "is_public",
        "guests_confirm",
        "guests_identify",
        "suggestions_from",
    )


@prepared
def _places(*, wishlist_id: UUID) -> QuerySet[Member, tuple[Any, ...]]:
    places = Member.objects.filter(wishlist_id=wishlist_id).order_by("user__email", "removed_at")
    return places.values_list("user__email", "is_recipient", "removed_at")


@prepared
def _readers(*, wishlist_id: UUID) -> QuerySet[User]:
    mine = User.objects.filter(memberships__wishlist_id=wishlist_id, memberships__is_recipient=True)
    return mine.distinct().order_by("email")


@prepared
def _seen(*, wishlist_id: UUID, user_id: UUID, tenant_id: UUID | None) -> QuerySet[Wishlist]:
    user = User(pk=user_id, tenant_id=tenant_id)
    return Wishlist.objects.visible_to(user).for_viewer(user).with_counts().filter(pk=wishlist_id)


def _without_ids(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("id", "wishlist_id", "item_id")}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def give(wishlist: Wishlist, by: User, *, money: bool = True) -> None:
    giver = Viewer(user=by)
    item = Item.objects.get(wishlist=wishlist, title="Kettle")
    reserve_item(item=item, by=giver, message="From me")
    if money:
        lamp = Item.objects.get(wishlist=wishlist, title="Lamp")
        contribute(item=lamp, by=giver, amount_minor=500, status="pledged")
        here = Wishlist.objects.get(pk=wishlist.pk)
        add_secret_item(wishlist=here, by=giver, title="Secret")


def _nothing(wishlist: Wishlist, people: dict[str, User]) -> None:
    """Nobody gives."""


GIVEN: dict[str, list[Callable[[Wishlist, dict[str, User]], None]]] = {
    "surprise": [_nothing, lambda wishlist, people: give(wishlist, people["bob"])],
    "status": [
        lambda wishlist, people: give(wishlist, people["carol"], money=False),
        lambda wishlist, people: give(wishlist, people["bob"]),
    ],
}
"""Giving that must not show: any giving under *surprise*, and under *status* everything except that an item is taken.
"""


@pytest.fixture
def worlds(request: pytest.FixtureRequest, password_hash: str) -> Iterator[Worlds]:
    policy = request.param
    with time_machine.travel(NOW, tick=False) as clock:
        people = {
            name: User.objects.create(
                email=f"{name}@example.com", display_name=name.title(), password=password_hash
            )
            for name in ("alice", "anna", "bob", "carol")
        }
        made = []
        for given in GIVEN[policy]:
            clock.move_to(NOW, tick=False)
            made.append(_a_list(policy, people, given, clock))
        yield Worlds(people, made)


def _a_list(policy: str, people: dict[str, User], given: Callable[..., None], clock: Any) -> Wishlist:
    made = create_wishlist(
        owner=people["alice"], title="Birthday", policy=policy, reveal_on=datetime(2026, 6, 1).date()
    )
    for title in ("Kettle", "Lamp"):
        clock.shift(1)
        add_item(wishlist=made, by=Viewer(user=people["alice"]), title=title, price_minor=4990)
    for name in ("anna", "bob", "carol"):
        clock.shift(1)
        share_wishlist(wishlist=made, by=people["alice"], email=people[name].email, role="viewer")
    make_link(wishlist=made, by=people["alice"])
    given(made, people)
    return made


@pytest.mark.parametrize("worlds", GIVEN, indirect=True)
@pytest.mark.parametrize(("longest", "states"), WALKS)
def test_no_sequence_of_settings_shows_giving(worlds: Worlds, longest: int, states: int) -> None:
    worlds.walk(longest=longest)
    assert len(worlds.seen) > states


@pytest.mark.parametrize("worlds", GIVEN, indirect=True)
def test_control_one_change_shows_giving_without_the_refusal(
    worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "refuse_peek", lambda wishlist, changed: None)
    with pytest.raises(AssertionError):
        worlds.walk(longest=1)


@pytest.mark.parametrize("worlds", ["surprise"], indirect=True)
def test_control_leaving_and_coming_back_shows_giving(
    worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule is weakened so that only current recipients are blind."""
    monkeypatch.setattr(MemberQuerySet, "blinding", MemberQuerySet.recipients)
    forget_statements()
    try:
        for move in (recipients("alice", "anna"), patch(is_public=True)):
            worlds.answers(move, over_http=False)
        with pytest.raises(AssertionError):
            worlds.walk(longest=1)
    finally:
        forget_statements()

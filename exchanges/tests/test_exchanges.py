"""Exchanges over the API: from names to the draw, who may do what, and walls between tenants."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django_tasks_db.models import DBTaskResult

from accounts.models import Notification, Tenant, User
from accounts.services.people import remove_user
from exchanges.access.tokens import private_token
from exchanges.models import Exchange, Participant
from exchanges.refusals import AlreadyDrawn
from exchanges.services import drawing
from exchanges.services.drawing import draw_exchange
from exchanges.services.exchanges import edit_exchange, exclude_pair
from exchanges.services.participants import add_participants, join_exchange, leave_exchange
from exchanges.tests.factories import drawn, place, started
from tests.support.api_clients import Api, logged_in, refused
from wishlists.models import Wishlist

pytestmark = pytest.mark.django_db

WISH = {"title": "Christmas", "day": "2030-12-24", "budget": 20, "currency": "EUR", "note": "Bring cake"}


@pytest.mark.once
def test_exchange_from_names_to_the_draw(
    as_alice: Api, as_bob: Api, alice: User, bob: User, wishlist: Wishlist
) -> None:
    people = [{"name": "Gran"}, {"name": "Walter", "email": "walter@example.com"}]
    made = as_alice("POST", "/exchanges", WISH | {"participants": people})
    assert made.status_code == 201, made.text
    row = made.json()
    assert {name: row[name] for name in WISH} == WISH
    assert [one["name"] for one in row["participants"]] == ["Gran", "Walter"]
    path = f"/exchanges/{row['id']}"
    assert refused(as_bob("GET", path)) == (404, "no_such_exchange")
    joined = as_bob("POST", f"{path}/join", {"token": row["join_token"], "wishes": "Jam"})
    assert (joined.status_code, joined.json()["manage_token"]) == (201, None)
    assert as_bob("POST", f"{path}/join", {"token": row["join_token"]}).status_code == 201, "a second time"
    as_alice("POST", f"{path}/join", {"token": row["join_token"], "wishlist_id": str(wishlist.pk)})
    rose = Api()("POST", f"{path}/join", {"token": row["join_token"], "name": "Rose"}).json()
    assert Participant.objects.live().count() == 5
    seen = as_bob("GET", path).json()
    assert (seen["join_token"], seen["exclusions"], seen["participants"][1]["email"]) == (None, [], None)
    assert seen["my_participant_id"] == joined.json()["id"]
    roses = {"x-manage-token": rose["manage_token"]}
    for outcome in (
        as_bob("GET", f"{path}/mine"),
        Api()("GET", f"{path}/mine", headers=roses),
    ):
        assert refused(outcome) == (409, "not_drawn")
    assert as_alice("POST", f"{path}/draw").status_code == 200
    told = drawn(Exchange.objects.get())
    assert sorted(told) == sorted(told.values())
    assert all(giver != receiver for giver, receiver in told.items())
    mine = as_bob("GET", f"{path}/mine").json()
    assert mine["name"] == told["Bob"]
    theirs = Api()("GET", f"{path}/mine", headers=roses).json()
    assert theirs["name"] == told["Rose"]
    assert refused(as_alice("POST", f"{path}/draw")) == (409, "already_drawn")
    assert refused(Api()("POST", f"{path}/join", {"token": row["join_token"], "name": "Late"})) == (
        409,
        "already_drawn",
    )
    assert as_alice("DELETE", path).status_code == 204
    assert as_bob("GET", path).status_code == 404
    assert not Participant.objects.exclude(sealed=None).exists()


@pytest.mark.once
def test_giver_gets_wishes_and_the_list_by_its_link(
    as_alice: Api, as_bob: Api, alice: User, bob: User, wishlist: Wishlist
) -> None:
    exchange = started(bob, "Bob")
    place(exchange, "Bob").delete()
    for user in (alice, bob):
        join_exchange(exchange=exchange, user=user)
    me = f"/exchanges/{exchange.pk}/me"
    assert as_alice("PATCH", me, {"wishes": "Red socks", "wishlist_id": str(wishlist.pk)}).status_code == 200
    assert refused(as_bob("PATCH", me, {"wishlist_id": str(wishlist.pk)})) == (404, "no_such_list")
    draw_exchange(exchange_id=exchange.pk, by=bob)
    mine = as_bob("GET", f"/exchanges/{exchange.pk}/mine").json()
    assert (mine["name"], mine["wishes"], mine["list_title"]) == ("Alice", "Red socks", "Alice's birthday")
    assert "/s/" in mine["list_url"]
    assert mine["wishlists"] == [str(wishlist.pk)], "Bob is on it anyway"
    assert wishlist.members.live().count() == 2, "nobody sees in the list who draws whom"


@pytest.mark.once
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"title": "x"}),
        ("PUT", "", {"title": "x"}),
        ("DELETE", "", None),
        ("POST", "/draw", None),
        ("POST", "/join-link", None),
        ("POST", "/participants", {"name": "x"}),
        ("DELETE", "/participants/{gran}", None),
        ("GET", "/participants/{gran}/link", None),
        ("POST", "/participants/{gran}/link", None),
        ("GET", "/exclusions", None),
        ("POST", "/exclusions", {"giver_id": "{gran}", "receiver_id": "{walter}"}),
    ],
)
def test_only_the_organiser_changes_it(
    method: str,
    path: str,
    body: Any,
    alice: User,
    as_bob: Api,
    bob: User,
    as_charlie: Api,
    password_hash: str,
) -> None:
    """A participant is refused. For others, and in other tenants, it does not exist."""
    exchange = started(alice)
    join_exchange(exchange=exchange, user=bob)
    names = {name.lower(): str(place(exchange, name).pk) for name in ("Gran", "Walter")}
    filled = {key: value.format(**names) for key, value in body.items()} if body else body
    elsewhere = Tenant.objects.create(name="Elsewhere")
    mallory = User.objects.create(
        email="m@example.com", display_name="M", password=password_hash, tenant=elsewhere
    )
    Participant.objects.create(exchange=exchange, user=mallory, name="Mallory")
    address = f"/exchanges/{exchange.pk}{path.format(**names)}"
    assert refused(as_bob(method, address, filled)) == (403, "organiser_only")
    for stranger in (as_charlie, Api(logged_in(mallory)["access_token"])):
        assert refused(stranger(method, address, filled)) == (404, "no_such_exchange")


@pytest.mark.once
def test_other_tenants_reach_nothing(alice: User, as_alice: Api, password_hash: str) -> None:
    exchange = started(alice)
    elsewhere = Tenant.objects.create(name="Elsewhere")
    mallory = User.objects.create(
        email="m@example.com", display_name="M", password=password_hash, tenant=elsewhere
    )
    Participant.objects.create(exchange=exchange, user=mallory, name="Mallory")
    api, path = Api(logged_in(mallory)["access_token"]), f"/exchanges/{exchange.pk}"
    token = as_alice("GET", path).json()["join_token"]
    assert api("GET", "/exchanges").json() == []
    assert refused(api("POST", f"{path}/join", {"token": token})) == (404, "no_such_exchange")
    for method, address in (
        ("GET", path),
        ("GET", f"{path}/mine"),
        ("PATCH", f"{path}/me"),
        ("DELETE", f"{path}/me"),
    ):
        assert api(method, address, {"wishes": "x"} if method == "PATCH" else None).status_code == 404


@pytest.mark.once
def test_clashing_exclusions_are_named(as_alice: Api, alice: User) -> None:
    exchange = started(alice, "Gran", "Walter", "Mia")
    gran, walter = place(exchange, "Gran"), place(exchange, "Walter")
    couple = exclude_pair(exchange_id=exchange.pk, by=alice, giver_id=gran.pk, receiver_id=walter.pk)
    answer = as_alice("POST", f"/exchanges/{exchange.pk}/draw")
    assert refused(answer) == (409, "no_assignment")
    assert "Gran and Walter" in answer.json()["detail"]
    assert [one["id"] for one in answer.json()["clashing"]] == [str(couple.pk)]
    assert refused(as_alice("POST", f"/exchanges/{started(alice, 'Gran').pk}/draw")) == (409, "no_assignment")


@pytest.mark.once
@pytest.mark.parametrize("seed", range(5))
def test_redraw_keeps_all_but_one(alice: User, seed: int) -> None:
    exchange = started(alice, *(f"Person {number}" for number in range(10)))
    draw_exchange(exchange_id=exchange.pk, by=alice)
    before = drawn(exchange)
    leaver = f"Person {seed}"
    leave_exchange(participant=place(exchange, leaver), by=alice)
    draw_exchange(exchange_id=exchange.pk, by=alice)
    after = drawn(exchange)
    giver = next(name for name, receiver in before.items() if receiver == leaver)
    changed = {name for name in after if after[name] != before[name]}
    # If two gave to each other, the one who stays takes the place of somebody else's receiver.
    assert changed == {giver} if before[leaver] != giver else len(changed) == 2


@pytest.mark.once
def test_pairs_of_last_year_are_avoided(alice: User) -> None:
    last = started(alice)
    draw_exchange(exchange_id=last.pk, by=alice)
    before = set(drawn(last).items())
    for _ in range(5):
        exchange = started(alice, previous_id=last.pk)
        draw_exchange(exchange_id=exchange.pk, by=alice)
        assert before.isdisjoint(drawn(exchange).items())
    pair = started(alice, "Gran", "Walter")
    draw_exchange(exchange_id=pair.pk, by=alice)
    again = started(alice, "Gran", "Walter", previous_id=pair.pk)
    draw_exchange(exchange_id=again.pk, by=alice)
    assert drawn(again) == {"Gran": "Walter", "Walter": "Gran"}, (
        "there is no other way, and no refusal that tells of it"
    )


@pytest.mark.once
def test_everybody_is_told_the_same(alice: User, bob: User, charlie: User) -> None:
    exchange = started(alice, "Gran", "Walter")
    for user in (bob, charlie):
        join_exchange(exchange=exchange, user=user)
    kinds = [row.kind for row in Notification.objects.filter(user=alice)]
    assert kinds == ["exchange_joined"], "two joined, which is one line"
    draw_exchange(exchange_id=exchange.pk, by=alice)
    told = list(Notification.objects.filter(kind="exchange_drawn").order_by("user"))
    assert {row.user_id for row in told} == {bob.pk, charlie.pk}
    assert len({(row.title, row.body, str(row.payload)) for row in told}) == 1


@pytest.mark.once
def test_people_with_an_address_are_mailed_their_link(alice: User, bob: User, as_bob: Api) -> None:
    """Nothing that anybody typed is in the mail, and no link is in a job. An account of that address takes part."""
    exchange = started(alice, "Gran", title="Canary title")
    User.objects.filter(pk=bob.pk).update(address_verified_at="2026-01-01T00:00Z")
    people = [
        {"name": "Canary Walter", "email": "walter@example.com"},
        {"name": "Bobby", "email": "Bob@Example.com"},
    ]
    add_participants(exchange=exchange, by=alice, people=people)
    jobs = [
        str(job.args_kwargs) for job in DBTaskResult.objects.filter(task_path__endswith="mail_participant")
    ]
    walter = place(exchange, "Canary Walter")
    assert len(jobs) == 2
    assert not any(word in "".join(jobs) for word in ("@", private_token(walter), "Canary"))
    from exchanges.tasks import mail_participant

    mail_participant.func(str(walter.pk), "exchange_added")
    [sent] = mail.outbox
    assert sent.to == ["walter@example.com"]
    assert f"/x/{private_token(walter)}" in sent.body
    assert "Canary" not in sent.subject + str(sent.body)
    assert [row["title"] for row in as_bob("GET", "/exchanges").json()] == ["Canary title"]
    draw_exchange(exchange_id=exchange.pk, by=alice)
    assert as_bob("GET", f"/exchanges/{exchange.pk}/mine").json()["name"] == drawn(exchange)["Bobby"]


@pytest.mark.once
def test_leaving_and_deleted_accounts(alice: User, bob: User, as_bob: Api) -> None:
    exchange, other = started(alice), started(bob)
    join_exchange(exchange=exchange, user=bob)
    draw_exchange(exchange_id=exchange.pk, by=alice)
    remove_user(user=bob)
    exchange.refresh_from_db()
    assert exchange.needs_draw
    assert Exchange.objects.live().get() == exchange, "the one that Bob organised is gone"
    assert Participant.objects.get(user=bob).name == "Former member"
    assert Notification.objects.filter(user=alice, kind="exchange_left").count() == 1
    assert other.pk != exchange.pk


@pytest.mark.once
def test_bounds(as_alice: Api, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = started(alice)
    path = f"/exchanges/{exchange.pk}/participants"
    assert refused(as_alice("POST", path, {"name": "gran"})) == (409, "name_taken")
    as_alice("POST", path, {"name": "A", "email": "a@example.com"})
    assert refused(as_alice("POST", path, {"name": "B", "email": "A@Example.com"})) == (409, "already_in")
    monkeypatch.setattr("exchanges.services.participants.MOST_PARTICIPANTS", 6)
    assert refused(as_alice("POST", path, {"name": "C"})) == (409, "exchange_full")
    same = {"giver_id": str(place(exchange, "Gran").pk), "receiver_id": str(place(exchange, "Gran").pk)}
    assert as_alice("POST", f"/exchanges/{exchange.pk}/exclusions", same).status_code == 400
    edit_exchange(exchange_id=exchange.pk, by=alice, day=date(2030, 1, 1))
    assert as_alice("PUT", f"/exchanges/{exchange.pk}", {"title": "Easter"}).json()["day"] is None


# --- two draws at once ----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, pytest.param(False, marks=pytest.mark.postgresql)])
def test_of_two_draws_at_once_one_counts(
    locked: bool, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: without the lock both draw, and somebody has read what is no longer true."""
    settings.TEST_WITHOUT_LOCKS = not locked
    exchange = started(alice)
    together = Barrier(2)
    draw = drawing.draw  # type: ignore[attr-defined]

    def slowly(*args: Any, **kwargs: Any) -> Any:
        if not locked:
            together.wait(20)
        return draw(*args, **kwargs)

    monkeypatch.setattr(drawing, "draw", slowly)

    def once(_number: int) -> str:
        try:
            draw_exchange(exchange_id=exchange.pk, by=alice)
        except AlreadyDrawn:
            return "already drawn"
        finally:
            connection.close()
        return "drawn"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(once, range(2)))
    assert (outcomes == ["already drawn", "drawn"]) is locked
    assert Notification.objects.filter(kind="exchange_drawn").count() == 0  # nobody has an account
    exchange.refresh_from_db()
    assert (exchange.draw_number == 1) is locked or not locked

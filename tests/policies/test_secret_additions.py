"""Secret additions exist only for givers. No answer, count, position, log, frame or admin page shows them to anybody
else."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from realtime.models import Stream
from sharing.access.capabilities import link_token
from sharing.services.links import make_link
from tests.support.api_clients import Api
from wishlists.models import Activity, Item, Wishlist
from wishlists.services.lists.items import MAX_SECRETS
from wishlists.services.moderating import open_giving

pytestmark = pytest.mark.django_db


def add(api: Api, wishlist_id: Any, title: str = "Secret", **more: Any) -> Any:
    return api("POST", f"/wishlists/{wishlist_id}/items", {"title": title, "secret": True} | more)


def titles(api: Api, wishlist_id: Any) -> list[str]:
    return [row["title"] for row in api("GET", f"/wishlists/{wishlist_id}/items").json()]


@pytest.fixture
def secret(as_bob: Api, item: Item) -> str:
    return str(add(as_bob, item.wishlist_id).json()["id"])


@pytest.fixture
def token(wishlist: Wishlist, alice: User) -> str:
    mine = Wishlist.objects.get(pk=wishlist.pk)
    return link_token(make_link(wishlist=mine, by=alice)[0])


def test_givers_see_and_reserve_a_secret_addition(as_bob: Api, item: Item, secret: str) -> None:
    assert titles(as_bob, item.wishlist_id) == ["Kettle", "Secret"]
    got = as_bob("GET", f"/items/{secret}").json()
    assert (got["is_secret"], got["position"]) == (True, 1)
    taken = as_bob("PATCH", f"/items/{secret}", {"reservation_status": "purchased"}).json()
    assert (taken["reservation_status"], taken["reserved_by_name"]) == ("purchased", "Bob")
    [row] = as_bob("GET", "/wishlists").json()
    assert (row["items_count"], row["purchased_count"]) == (2, 1)


def test_recipients_do_not_see_a_secret_addition(as_alice: Api, item: Item, secret: str) -> None:
    assert titles(as_alice, item.wishlist_id) == ["Kettle"]
    [row] = as_alice("GET", "/wishlists").json()
    assert (row["items_count"], row["purchased_count"]) == (1, 0)
    assert not Activity.objects.filter(item_id=secret).exclude(circle="givers").exists()
    assert secret not in as_alice("GET", f"/wishlists/{item.wishlist_id}/activity").content.decode()


ASKED: list[tuple[str, str, Any]] = [
    ("GET", "/items/{id}", None),
    ("PATCH", "/items/{id}", {"title": "x"}),
    ("PATCH", "/items/{id}", {"reservation_status": "reserved"}),
    ("PATCH", "/items/{id}", {"reservation_status": "available"}),
    ("DELETE", "/items/{id}", None),
    ("GET", "/wishlists/{list}/items/{id}", None),
    ("PATCH", "/wishlists/{list}/items/{id}", {"price": "x"}),
    ("DELETE", "/wishlists/{list}/items/{id}", None),
    ("GET", "/wishlists/{list}/items/{id}/reservations", None),
    ("POST", "/wishlists/{list}/items/{id}/reservations", {}),
    ("GET", "/wishlists/{list}/items/{id}/contributions", None),
    ("POST", "/wishlists/{list}/items/{id}/contributions", {"amount": 5}),
]


@pytest.mark.parametrize("call", ASKED, ids=lambda call: f"{call[0]} {call[1]} {call[2]}")
@pytest.mark.parametrize("who", ["recipient", "public"])
def test_id_of_a_secret_addition_answers_like_an_unknown_id(
    as_alice: Api, as_charlie: Api, item: Item, secret: str, who: str, call: tuple[str, str, Any]
) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(is_public=True)
    api, (method, path, body) = as_alice if who == "recipient" else as_charlie, call

    def asked(pk: object) -> tuple[int, bytes]:
        answer = api(method, path.format(id=pk, list=item.wishlist_id), body)
        return answer.status_code, answer.content.replace(str(pk).encode(), b"ID")

    random = uuid4()
    assert asked(secret) == asked(random)
    assert asked(secret)[0] == 404


def test_pages_of_recipients_do_not_show_a_secret_addition(alice: User, item: Item, secret: str) -> None:
    page = Client()
    page.force_login(alice)
    address = f"/lists/{item.wishlist_id}"
    assert "Secret" not in page.get(address).text
    for path in ("", "/edit", "/remove"):
        assert page.get(f"{address}/items/{secret}{path}").status_code == 404
    for path in ("", "/chip-in", "/move", "/edit", "/remove", "/restore"):
        assert page.post(f"{address}/items/{secret}{path}", {"action": "received"}).status_code == 404


def test_link_does_not_show_a_secret_addition(
    api: Api, as_bob: Api, item: Item, secret: str, token: str
) -> None:
    """Not even a giver finds it while they come by the link."""
    for asker in (api, as_bob):
        opened = asker("GET", f"/public/wishlists?token={token}").json()
        assert [row["title"] for row in opened["items"]] == ["Kettle"]
        body = {"reservation_status": "reserved", "guest_name": "Grandma"}
        assert asker("PATCH", f"/public/wishlists/items/{secret}?token={token}", body).status_code == 404
        money = {"amount": 5, "guest_name": "Grandma"}
        path = f"/public/wishlists/items/{secret}/contributions?token={token}"
        assert asker("POST", path, money).status_code == 404
    page = Client()
    assert "Secret" not in page.get(f"/s/{token}").text
    assert page.get(f"/s/{token}/items/{secret}").status_code == 404


def test_only_givers_get_events_of_a_secret_addition(as_bob: Api, item: Item) -> None:
    def heads() -> dict[str, int]:
        rows = Stream.objects.filter(key__startswith="list.").values_list("key", "head")
        return {key.rpartition(".")[2]: head for key, head in rows}

    before = heads()
    secret = add(as_bob, item.wishlist_id).json()["id"]
    for body in ({"title": "Other"}, {"reservation_status": "reserved"}, {"reservation_status": "available"}):
        assert as_bob("PATCH", f"/items/{secret}", body).status_code == 200
    as_bob("POST", f"/wishlists/{item.wishlist_id}/items/{secret}/contributions", {"amount": 5})
    as_bob("DELETE", f"/items/{secret}")
    after = heads()
    assert {name for name in after if after[name] != before[name]} == {"giver"}


def test_secret_additions_have_their_own_positions_and_limit(
    as_alice: Api, as_bob: Api, item: Item, settings: Any
) -> None:
    settings.MAX_ITEMS_A_LIST = 2
    for _ in range(2):
        assert add(as_bob, item.wishlist_id).status_code == 201
    made = as_alice("POST", f"/wishlists/{item.wishlist_id}/items", {"title": "Lamp"})
    assert (made.status_code, made.json()["position"]) == (201, 1)
    assert as_alice("POST", f"/wishlists/{item.wishlist_id}/items", {"title": "x"}).status_code == 409
    Item.objects.bulk_create(
        Item(
            wishlist_id=item.wishlist_id, title="x", is_secret=True, currency="EUR", updated_at=timezone.now()
        )
        for _ in range(MAX_SECRETS - 2)
    )
    full = add(as_bob, item.wishlist_id)
    assert (full.status_code, full.json()["code"]) == (409, "list_full")


def test_moving_items_leaves_secret_additions_out(
    as_bob: Api, bob: User, wishlist: Wishlist, item: Item
) -> None:
    """An editor who gives arranges the items that everybody sees. Their positions must not have gaps where a secret
    addition is."""
    wishlist.members.filter(user=bob).update(role="editor")
    add(as_bob, wishlist.pk, position=0)
    lamp = as_bob("POST", f"/wishlists/{wishlist.pk}/items", {"title": "Lamp"}).json()["id"]
    page = Client()
    page.force_login(bob)
    page.post(f"/lists/{wishlist.pk}/items/{lamp}/move", {"to": "up"})
    rows = Item.objects.open_knowledge().in_order().values_list("title", "position")
    assert list(rows) == [("Lamp", 0), ("Kettle", 1)]


@pytest.mark.parametrize(
    ("setting", "role", "status"),
    [
        ("nobody", "editor", 403),
        ("editors", "editor", 201),
        ("editors", "viewer", 403),
        ("givers", "viewer", 201),
    ],
)
def test_owner_decides_who_may_make_secret_additions(
    as_bob: Api, bob: User, item: Item, setting: str, role: str, status: int
) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(secret_additions=setting)
    item.wishlist.members.filter(user=bob).update(role=role)
    assert add(as_bob, item.wishlist_id).status_code == status


def test_recipients_and_the_public_cannot_make_secret_additions(
    as_alice: Api, as_charlie: Api, item: Item
) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(is_public=True)
    assert add(as_alice, item.wishlist_id).json()["code"] == "recipient"
    assert add(as_charlie, item.wishlist_id).json()["code"] == "no_secrets_added"


@pytest.mark.parametrize("why", [{"policy": "open"}, {"revealed_at": timezone.now()}])
def test_secret_additions_are_refused_where_nothing_is_secret(as_bob: Api, item: Item, why: Any) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(**why)
    assert add(as_bob, item.wishlist_id).json()["code"] == "no_secrets_added"


def test_viewers_change_only_their_own_secret_additions(
    as_alice: Api, as_bob: Api, as_charlie: Api, item: Item, secret: str, charlie: User
) -> None:
    as_alice("POST", f"/wishlists/{item.wishlist_id}/shares", {"email": charlie.email, "role": "viewer"})
    assert as_charlie("PATCH", f"/items/{secret}", {"title": "x"}).json()["code"] == "editor_only"
    assert as_charlie("DELETE", f"/items/{secret}").json()["code"] == "editor_only"
    assert as_bob("PATCH", f"/items/{item.pk}", {"title": "x"}).json()["code"] == "editor_only"
    assert as_bob("PATCH", f"/items/{secret}", {"title": "Mine"}).json()["title"] == "Mine"
    assert as_bob("DELETE", f"/items/{secret}").status_code == 204


def test_secret_addition_shows_at_the_reveal(as_alice: Api, as_charlie: Api, item: Item, secret: str) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(revealed_at=timezone.now(), is_public=True)
    assert titles(as_alice, item.wishlist_id) == ["Kettle", "Secret"]
    assert titles(as_charlie, item.wishlist_id) == ["Kettle"]
    assert as_alice("GET", "/wishlists").json()[0]["items_count"] == 2
    marked = as_alice("PATCH", f"/items/{secret}", {"reservation_status": "purchased"})
    assert marked.json()["received_at"] is not None


def test_moderators_see_a_secret_addition_after_opening_giving(
    item: Item, secret: str, alice: User, charlie: User
) -> None:
    for user in (alice, charlie):
        User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
        user.refresh_from_db()
        page = Client()
        page.force_login(user)

        def found() -> list[bool]:
            shown = [page.get(f"/admin/wishlists/{name}/").text for name in ("item", "activity")]  # noqa: B023
            return [f"/item/{secret}/" in shown[0] or "Secret" in shown[0], "Secret" in shown[1]]

        assert found() == [False, False]
        assert page.get(f"/admin/wishlists/item/{secret}/change/").status_code == 302
        assert open_giving(wishlist=item.wishlist, by=user, reason="asked for help") is (user == charlie)
        assert found()[0] is (user == charlie)

"""Lists over REST: what each role may do, and what null means."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from tests.support.api_clients import Api, refused
from wishlists.models import Item, Member, Wishlist
from wishlists.services.lists.people import share_wishlist


@pytest.fixture
def editor(wishlist: Wishlist, alice: User, bob: User) -> User:
    share_wishlist(wishlist=wishlist, by=alice, email=bob.email, role="editor")
    return bob


@pytest.fixture
def public(wishlist: Wishlist) -> Wishlist:
    wishlist.is_public = True
    wishlist.save(update_fields=["is_public"])
    return wishlist


def test_a_list_is_made_with_a_title_alone(as_alice: Api, alice: User) -> None:
    made = as_alice("POST", "/wishlists", {"title": "  Wedding "})
    assert made.status_code == 201
    body = made.json()
    assert body["title"] == "Wedding"
    expected = {
        "owner_id": str(alice.pk),
        "description": None,
        "is_public": False,
        "sort_order": 0,
        "due_date": None,
        "policy": "surprise",
        "reveal_at": None,
        "names_shown": True,
        "my_role": "owner",
        "i_am_recipient": True,
    }
    assert {name: body[name] for name in expected} == expected


@pytest.mark.both
def test_own_lists_come_first_in_their_order_then_shared_ones(as_bob: Api, wishlist: Wishlist) -> None:
    for title, extra in (
        ("late", {"sort_order": 2}),
        ("undated", {"sort_order": 1}),
        ("dated", {"sort_order": 1, "due_date": "2030-01-01"}),
    ):
        as_bob("POST", "/wishlists", {"title": title, **extra})
    titles = [row["title"] for row in as_bob("GET", "/wishlists").json()]
    assert titles == ["dated", "undated", "late", wishlist.title]


def test_counts_tell_each_what_they_may_know(as_alice: Api, as_bob: Api, item: Item) -> None:
    as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "purchased"})

    def counts(api: Api) -> tuple[int, int]:
        [row] = api("GET", "/wishlists").json()
        return row["items_count"], row["purchased_count"]

    assert counts(as_bob) == (1, 1)
    assert counts(as_alice) == (1, 0)
    as_alice("PATCH", f"/items/{item.pk}", {"reservation_status": "purchased"})
    assert counts(as_alice) == (1, 1)


def test_a_public_list_is_read_by_its_id_and_not_listed(as_charlie: Api, public: Wishlist) -> None:
    assert as_charlie("GET", "/wishlists").json() == []
    seen = as_charlie("GET", f"/wishlists/{public.pk}").json()
    assert (seen["my_role"], seen["i_am_recipient"]) == (None, False)


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_a_stranger_learns_nothing(method: str, as_charlie: Api, wishlist: Wishlist) -> None:
    assert refused(as_charlie(method, f"/wishlists/{wishlist.pk}", {"title": "x"})) == (404, "no_such_list")
    nowhere = as_charlie(method, f"/wishlists/{uuid4()}", {"title": "x"})
    assert refused(nowhere) == (404, "no_such_list")


def test_null_empties_and_leaves(as_alice: Api, wishlist: Wishlist) -> None:
    path = f"/wishlists/{wishlist.pk}"
    as_alice("PATCH", path, {"description": "words", "due_date": "2030-01-01", "reveal_at": None})
    kept = {"title": None, "is_public": None, "policy": None, "sort_order": None, "names_shown": None}
    body = as_alice("PATCH", path, {"description": None, "due_date": None, **kept}).json()
    assert (body["description"], body["due_date"]) == (None, None)
    assert (body["title"], body["policy"], body["names_shown"]) == (wishlist.title, "surprise", True)


def test_an_empty_text_equals_null(as_alice: Api, wishlist: Wishlist) -> None:
    path = f"/wishlists/{wishlist.pk}"
    as_alice("PATCH", path, {"description": "words"})
    assert as_alice("PUT", path, {"description": ""}).json()["description"] is None


def test_unknown_fields_are_ignored_beside_known_ones(as_alice: Api, wishlist: Wishlist) -> None:
    body = {"title": "Birthday", "owner_id": str(uuid4()), "colour": "red"}
    answer = as_alice("PATCH", f"/wishlists/{wishlist.pk}", body)
    assert answer.status_code == 200
    assert answer.json()["owner_id"] == str(wishlist.owner_id)


@pytest.mark.parametrize(
    "body",
    [
        {"policy": "secret"},
        {"title": ""},
        {"title": "x" * 256},
        {"title": ["x"]},
        {"due_date": "tomorrow"},
        {"due_date": "2030-02-30"},
        {"sort_order": 2**31},
        {"sort_order": 1.5},
        {"is_public": "perhaps"},
        {"reveal_at": "0001-01-01T00:00:00+14:00"},
        {"description": "x" * 10_001},
    ],
    ids=str,
)
def test_bad_values_are_named(body: dict[str, Any], as_alice: Api, wishlist: Wishlist) -> None:
    answer = as_alice("PATCH", f"/wishlists/{wishlist.pk}", body)
    assert refused(answer) == (400, "invalid_input")
    [name] = body
    assert answer.json()["errors"][0]["pointer"] == f"/{name}"


def test_editors_change_what_a_list_says(as_bob: Api, editor: User, wishlist: Wishlist) -> None:
    words = {"title": "New", "description": "words", "due_date": "2030-01-01"}
    answer = as_bob("PATCH", f"/wishlists/{wishlist.pk}", words)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in words} == words


@pytest.mark.parametrize(
    "body",
    [
        {"is_public": True},
        {"sort_order": 5},
        {"policy": "open"},
        {"names_shown": False},
        {"reveal_at": "2030-01-01T00:00:00Z"},
    ],
    ids=str,
)
def test_the_rest_is_the_owners(body: dict[str, Any], as_bob: Api, editor: User, wishlist: Wishlist) -> None:
    assert refused(as_bob("PATCH", f"/wishlists/{wishlist.pk}", {"title": "New", **body})) == (
        403,
        "owner_only",
    )
    wishlist.refresh_from_db()
    assert wishlist.title != "New"


def test_an_editor_may_send_the_whole_list_back(as_bob: Api, editor: User, wishlist: Wishlist) -> None:
    whole = as_bob("GET", f"/wishlists/{wishlist.pk}").json()
    assert as_bob("PUT", f"/wishlists/{wishlist.pk}", {**whole, "title": "New"}).status_code == 200


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_viewers_and_the_public_change_nothing(
    method: str, as_bob: Api, as_charlie: Api, public: Wishlist
) -> None:
    for api in (as_bob, as_charlie):
        assert refused(api(method, f"/wishlists/{public.pk}", {"title": "Mine"})) == (403, "editor_only")
        assert refused(api("DELETE", f"/wishlists/{public.pk}")) == (403, "owner_only")


def test_an_editor_does_not_delete(as_bob: Api, editor: User, wishlist: Wishlist) -> None:
    assert refused(as_bob("DELETE", f"/wishlists/{wishlist.pk}")) == (403, "owner_only")


def test_a_deleted_list_is_gone(as_alice: Api, as_bob: Api, wishlist: Wishlist) -> None:
    assert as_alice("DELETE", f"/wishlists/{wishlist.pk}").status_code == 204
    for api in (as_alice, as_bob):
        assert api("GET", f"/wishlists/{wishlist.pk}").status_code == 404


def test_reordering_moves_own_lists_only(as_alice: Api, as_bob: Api, wishlist: Wishlist) -> None:
    mine = as_bob("POST", "/wishlists", {"title": "Mine"}).json()["id"]
    order = [
        {"id": str(wishlist.pk), "sort_order": 9},
        {"id": mine, "sort_order": 4},
        {"id": str(uuid4()), "sort_order": 1},
    ]
    answer = as_bob("PATCH", "/wishlists/reorder", {"order": order})
    assert answer.status_code == 200
    assert [(row["id"], row["sort_order"]) for row in answer.json()] == [(mine, 4), (str(wishlist.pk), 0)]


@pytest.mark.parametrize(
    ("order", "pointer"),
    [
        (None, "/order"),
        ("x", "/order"),
        ([{"id": "x", "sort_order": 1}], "/order/0/id"),
        ([{"id": str(uuid4())}], "/order/0/sort_order"),
    ],
)
def test_a_bad_order_is_pointed_at(order: Any, pointer: str, as_alice: Api) -> None:
    answer = as_alice("PATCH", "/wishlists/reorder", {"order": order})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_delete_impact(as_alice: Api, as_bob: Api, wishlist: Wishlist, item: Item) -> None:
    path = f"/wishlists/{wishlist.pk}/delete-impact"
    as_bob("POST", f"/wishlists/{wishlist.pk}/items/{item.pk}/contributions", {"amount": 5})
    assert as_alice("GET", path).json() == {"shared_with_count": 1, "contributors_count": 0}
    assert refused(as_bob("GET", path)) == (403, "owner_only")
    Wishlist.objects.filter(pk=wishlist.pk).update(policy="open")
    assert as_alice("GET", path).json() == {"shared_with_count": 1, "contributors_count": 1}


def test_after_sharing_started_settings_cannot_show_more(as_alice: Api, wishlist: Wishlist) -> None:
    answer = as_alice("PATCH", f"/wishlists/{wishlist.pk}", {"policy": "open"})
    assert refused(answer) == (409, "secret_sealed")


def test_pages_are_told_in_headers(as_alice: Api, db: None) -> None:
    for number in range(3):
        as_alice("POST", "/wishlists", {"title": f"{number}"})
    page = as_alice("GET", "/wishlists?page=2&page_size=2")
    assert [row["title"] for row in page.json()] == ["2"]
    assert page["X-Total-Count"] == "3"
    assert 'rel="prev"' in page["Link"]


def test_without_a_token_nobody_gets_in(wishlist: Wishlist) -> None:
    anybody = Api()
    for method, path in (("GET", "/wishlists"), ("POST", "/wishlists"), ("GET", f"/wishlists/{wishlist.pk}")):
        answer = anybody(method, path, {"title": "x"})
        assert refused(answer) == (401, "not_authenticated")
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_somebody_seen_out_is_a_stranger(as_alice: Api, as_bob: Api, bob: User, wishlist: Wishlist) -> None:
    as_alice("DELETE", f"/wishlists/{wishlist.pk}/shares/{bob.pk}")
    assert as_bob("GET", f"/wishlists/{wishlist.pk}").status_code == 404
    assert Member.objects.live().filter(user=bob).count() == 0

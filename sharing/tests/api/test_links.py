"""The owner's public link in the API: create, limit, show again, revoke."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from sharing.tests.conftest import refused
from tests.support.api_clients import Api
from wishlists.models import Activity, Wishlist
from wishlists.services.lists.lists import create_wishlist


def address(wishlist: Wishlist) -> str:
    return f"/wishlists/{wishlist.pk}/public-link"


def kinds(wishlist: Wishlist) -> list[str]:
    return list(
        wishlist.activities.filter(kind__startswith="link_")
        .order_by("created_at")
        .values_list("kind", flat=True)
    )


def test_owner_creates_reads_and_revokes_the_link(as_alice: Api, wishlist: Wishlist) -> None:
    assert as_alice("GET", address(wishlist)).content == b"null"

    made = as_alice("POST", address(wishlist), {})
    link = PublicLink.objects.get()
    assert made.status_code == 201
    assert made.json() == {
        "id": str(link.pk),
        "wishlist_id": str(wishlist.pk),
        "token": link_token(link),
        "expires_at": None,
        "max_views": None,
        "view_count": 0,
        "created_at": link.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert made["Cache-Control"] == "no-store"
    shown = as_alice("GET", address(wishlist))
    assert (shown.status_code, shown.json()) == (200, made.json())
    again = as_alice("POST", address(wishlist))
    assert (again.status_code, again.json()) == (200, made.json())

    gone = as_alice("DELETE", address(wishlist))
    assert (gone.status_code, gone.content) == (204, b"")
    assert as_alice("GET", address(wishlist)).content == b"null"
    assert as_alice("DELETE", address(wishlist)).status_code == 204
    assert kinds(wishlist) == ["link_created", "link_revoked"]
    assert link_token(link) not in str(list(Activity.objects.values_list("detail")))


def test_list_with_a_link_counts_as_shared(as_alice: Api, alice: User) -> None:
    mine = create_wishlist(owner=alice, title="Nobody knows it")
    assert mine.shared_at is None
    as_alice("POST", address(mine))
    mine.refresh_from_db()
    assert mine.shared_at is not None


def test_revoked_link_is_refused_at_once_and_the_next_one_is_different(
    as_alice: Api, anybody: Api, wishlist: Wishlist, token: str
) -> None:
    as_alice("DELETE", address(wishlist))
    assert refused(anybody("GET", f"/public/wishlists?token={token}")) == (403, "link_revoked")

    fresh = as_alice("POST", address(wishlist))
    assert fresh.status_code == 201
    assert fresh.json()["token"] != token
    assert anybody("GET", f"/public/wishlists?token={fresh.json()['token']}").status_code == 200
    assert refused(anybody("GET", f"/public/wishlists?token={token}")) == (403, "link_revoked")


def test_absent_limits_stay_as_they_are(as_alice: Api, wishlist: Wishlist) -> None:
    ends = "2999-12-31T23:00:00Z"
    first = as_alice("POST", address(wishlist), {"expires_at": ends, "max_views": 5})
    assert (first.status_code, first.json()["expires_at"], first.json()["max_views"]) == (201, ends, 5)

    for body, limits in (
        ({}, (ends, 5)),
        ({"max_views": 7}, (ends, 7)),
        ({"expires_at": None}, (None, 7)),
        ({"max_views": None, "expires_at": ends}, (ends, None)),
    ):
        changed = as_alice("POST", address(wishlist), body)
        assert (changed.status_code, changed.json()["id"]) == (200, first.json()["id"])
        assert (changed.json()["expires_at"], changed.json()["max_views"]) == limits
    assert kinds(wishlist) == ["link_created", "link_changed", "link_changed", "link_changed"]


def test_used_up_link_is_replaced(
    as_alice: Api, anybody: Api, wishlist: Wishlist, limited: PublicLink
) -> None:
    for _ in range(2):
        assert anybody("GET", f"/public/wishlists?token={link_token(limited)}").status_code == 200
    shown = as_alice("GET", address(wishlist)).json()
    assert (shown["id"], shown["max_views"], shown["view_count"]) == (str(limited.pk), 2, 2)

    fresh = as_alice("POST", address(wishlist), {"max_views": 3})
    assert fresh.status_code == 201
    assert (fresh.json()["max_views"], fresh.json()["view_count"]) == (3, 0)
    assert refused(anybody("GET", f"/public/wishlists?token={link_token(limited)}")) == (403, "link_revoked")


def test_link_with_a_limit_below_its_count_is_replaced(
    as_alice: Api, anybody: Api, wishlist: Wishlist, limited: PublicLink
) -> None:
    anybody("GET", f"/public/wishlists?token={link_token(limited)}")
    fresh = as_alice("POST", address(wishlist), {"max_views": 1})
    assert (fresh.status_code, fresh.json()["view_count"]) == (201, 0)
    assert fresh.json()["id"] != str(limited.pk)


def test_expired_link_is_null_and_is_replaced(
    as_alice: Api, anybody: Api, wishlist: Wishlist, link: PublicLink, token: str
) -> None:
    PublicLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert refused(anybody("GET", f"/public/wishlists?token={token}")) == (403, "link_expired")
    assert as_alice("GET", address(wishlist)).content == b"null"
    fresh = as_alice("POST", address(wishlist))
    assert (fresh.status_code, fresh.json()["expires_at"]) == (201, None)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_only_the_owner_reads_and_changes_the_link(
    method: str, anybody: Api, as_bob: Api, as_charlie: Api, wishlist: Wishlist, link: PublicLink
) -> None:
    assert refused(as_bob(method, address(wishlist))) == (403, "owner_only")
    assert refused(as_charlie(method, address(wishlist))) == (404, "no_such_list")
    assert anybody(method, address(wishlist)).status_code == 401
    link.refresh_from_db()
    assert link.revoked_at is None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"max_views": 0}, "/max_views"),
        ({"max_views": 2**31}, "/max_views"),
        ({"max_views": "many"}, "/max_views"),
        ({"expires_at": "2001-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": "tomorrow"}, "/expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-14:00"}, "/expires_at"),
    ],
    ids=json.dumps,
)
def test_invalid_input_is_refused_at_its_field(
    body: object, pointer: str, as_alice: Api, wishlist: Wishlist
) -> None:
    answer = as_alice("POST", address(wishlist), body)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not PublicLink.objects.exists()


def test_unlimited_openings_are_not_counted(
    as_alice: Api, anybody: Api, wishlist: Wishlist, token: str
) -> None:
    """A count that changed with every reload would tell the owner that somebody had just acted."""
    before = as_alice("GET", address(wishlist)).content
    for _ in range(3):
        assert anybody("GET", f"/public/wishlists?token={token}").status_code == 200
    assert as_alice("GET", address(wishlist)).content == before
    assert json.loads(before)["view_count"] == 0


@pytest.mark.both
def test_token_is_in_no_query(as_alice: Api, anybody: Api, wishlist: Wishlist, token: str) -> None:
    """Not even in the parameters of a query: the database's log must not contain a token."""
    with CaptureQueriesContext(connection) as captured:
        as_alice("GET", address(wishlist))
        anybody("GET", f"/public/wishlists?token={token}")
    assert len(captured) > 4
    assert not [query for query in captured.captured_queries if token in query["sql"]]

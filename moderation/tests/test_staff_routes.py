"""The routes under /admin: staff only, with a second factor, within their tenant; each act has a row and is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission

from accounts.models import AccountActivity, Notification, Tenant, User
from moderation.api import urls
from moderation.tests.conftest import sent
from tests.support.api_clients import Api, logged_in, refused
from wishlists.models import Activity, Item, Member, Message, Wishlist
from wishlists.tests.factories import take

pytestmark = pytest.mark.django_db

REASON = {"reason": "asked to"}


@pytest.fixture
def calls(as_bob: Api, wishlist: Wishlist, bob: User, charlie: User) -> list[tuple[str, str, Any]]:
    """Every route for staff, with a body that it accepts."""
    report = sent(as_bob, "list", wishlist.pk)
    names = {"report_id": report.pk, "wishlist_id": wishlist.pk, "user_id": bob.pk}
    bodies = {
        "admin-report": {"resolution": "dismissed", "note": "Fine"},
        "admin-list-hand-over": REASON | {"user_id": str(charlie.pk)},
    }
    made = []
    for one in urls.urlpatterns:
        address = "/" + re.sub(r"<uuid:(\w+)>", lambda name: str(names[name[1]]), str(one.pattern))
        body = bodies.get(str(one.name), REASON)
        made += [
            (method.upper(), address, None if method == "get" else body)
            for method in _methods(one.callback)
            if address.startswith("/admin/")
        ]
    return made


def _methods(function: Any) -> list[str]:
    view = function.view_class
    return [
        name for name in ("get", "put", "patch") if name in view.http_method_names and hasattr(view, name)
    ]


def answers(api: Api, calls: list[tuple[str, str, Any]]) -> dict[str, Any]:
    return {f"{method} {path}": api(method, path, body) for method, path, body in calls}


def test_nobody_but_staff_with_permission_gets_in(
    calls: list[tuple[str, str, Any]], api: Api, as_bob: Api, charlie: User
) -> None:
    assert len(calls) > 15
    assert {answer.status_code for answer in answers(api, calls).values()} == {401}
    assert {refused(answer) for answer in answers(as_bob, calls).values()} == {(403, "staff_only")}
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    powerless = Api(logged_in(charlie)["access_token"])
    assert {refused(answer) for answer in answers(powerless, calls).values()} == {(403, "staff_only")}


def test_staff_need_a_second_factor(
    calls: list[tuple[str, str, Any]], as_mod: Api, moderator: User, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    assert {refused(answer) for answer in answers(as_mod, calls).values()} == {(403, "second_factor_missing")}
    Authenticator.objects.create(user=moderator, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert as_mod("GET", "/admin/users").status_code == 200


def test_staff_of_another_tenant_find_nothing(calls: list[tuple[str, str, Any]], password_hash: str) -> None:
    staff = User.objects.create(
        email="s@example.com",
        display_name="S",
        password=password_hash,
        is_staff=True,
        tenant=Tenant.objects.create(name="Elsewhere"),
    )
    staff.user_permissions.set(Permission.objects.all())
    api = Api(logged_in(staff)["access_token"])
    got = answers(api, calls)
    assert [row["email"] for row in got["GET /admin/users"].json()] == ["s@example.com"]
    assert got["GET /admin/reports"].json() == []
    single = {call: answer.status_code for call, answer in got.items() if call.count("/") > 2}
    assert set(single.values()) == {404}, single


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Alice", "Bob", "Mod"]),
        ("?is_staff=false", ["Alice", "Bob"]),
        ("?is_staff=true", ["Mod"]),
        ("?is_active=false", []),
        ("?search=AL", ["Alice"]),
        ("?search=Bob@Example.com", ["Bob"]),
        ("?ordering=-display_name", ["Mod", "Bob", "Alice"]),
        ("?tenant=00000000-0000-4000-8000-000000000001", ["Alice", "Bob", "Mod"]),
        ("?tenant=00000000-0000-4000-8000-000000000002", []),
        ("?page=2&page_size=2", ["Mod"]),
    ],
)
def test_accounts_are_found(query: str, names: list[str], as_mod: Api, alice: User, bob: User) -> None:
    assert [row["display_name"] for row in as_mod("GET", f"/admin/users{query}").json()] == names


@pytest.mark.parametrize("query", ["?is_staff=perhaps", "?ordering=password", "?tenant=x", "?page=0"])
def test_wrong_query_is_400(query: str, as_mod: Api) -> None:
    assert as_mod("GET", f"/admin/users{query}").status_code == 400


def test_deactivated_person_is_out_and_told_why(as_mod: Api, as_bob: Api, moderator: User, bob: User) -> None:
    assert as_mod("PATCH", f"/admin/users/{bob.pk}/deactivate", {}).status_code == 400
    answer = as_mod("PATCH", f"/admin/users/{bob.pk}/deactivate", REASON)
    assert (answer.status_code, answer.json()["is_active"]) == (200, False)
    assert as_bob("GET", "/users/me").status_code == 401
    row = AccountActivity.objects.get(kind="account_deactivated")
    assert (row.user, row.by, row.detail) == (bob, moderator, REASON)
    assert as_mod("PATCH", f"/admin/users/{bob.pk}/reactivate", REASON).json()["is_active"]
    assert refused(as_mod("PATCH", f"/admin/users/{moderator.pk}/deactivate", REASON)) == (403, "staff_only")


def test_staff_change_no_other_staff(as_mod: Api, moderator: User, charlie: User, alice: User) -> None:
    charlie.is_staff = True
    charlie.save(update_fields=["is_staff"])
    charlie.user_permissions.set(Permission.objects.all())
    as_staff = Api(logged_in(charlie)["access_token"])
    assert refused(as_staff("PATCH", f"/admin/users/{moderator.pk}/deactivate", REASON))[0] == 403
    assert as_staff("PATCH", f"/admin/users/{alice.pk}/deactivate", REASON).status_code == 200


def test_list_is_hidden_and_restored(as_mod: Api, as_bob: Api, alice: User, wishlist: Wishlist) -> None:
    address = f"/admin/wishlists/{wishlist.pk}"
    assert as_mod("PATCH", f"{address}/hide", REASON).json()["hidden_at"]
    assert as_bob("GET", f"/wishlists/{wishlist.pk}").status_code == 404
    assert as_mod("PATCH", f"{address}/restore", REASON).json()["hidden_at"] is None
    assert as_bob("GET", f"/wishlists/{wishlist.pk}").status_code == 200
    kinds = {"list_hidden", "list_shown"}
    told = Notification.objects.filter(kind__in=kinds)
    assert {(row.user.display_name, row.kind, "asked to" in row.body) for row in told} == {
        (name, kind, name == "Alice") for name in ("Alice", "Bob") for kind in kinds
    }


def test_giving_is_opened_with_a_reason_and_never_by_a_recipient(
    as_mod: Api, staff_alice: Api, wishlist: Wishlist, item: Item, bob: User, hushed: Message
) -> None:
    take(item, bob)
    address = f"/admin/wishlists/{wishlist.pk}/giving"
    assert refused(as_mod("GET", address)) == (409, "giving_not_opened")
    opened = as_mod("PATCH", address, REASON).json()
    assert [row["by"]["name"] for row in opened["reservations"]] == ["Bob"]
    assert [row["text"] for row in opened["messages"]] == [hushed.text]
    assert as_mod("GET", address).json() == opened
    assert Notification.objects.filter(user=bob, kind="giving_opened").exists()
    key = {"idempotency-key": "once"}
    assert refused(staff_alice("PATCH", address, REASON, headers=key)) == (403, "giving_stays_closed")
    assert refused(staff_alice("GET", address)) == (409, "giving_not_opened")
    kinds = Activity.objects.filter(kind__startswith="moderation_giving").values_list("kind", flat=True)
    assert sorted(kinds) == ["moderation_giving_opened", "moderation_giving_refused"]


def test_queue_is_filtered_decided_and_acted_upon(
    as_mod: Api, as_bob: Api, staff_alice: Api, wishlist: Wishlist, item: Item, hushed: Message
) -> None:
    about_item = sent(as_bob, "item", item.pk, details="Advertising")
    about_words = sent(as_bob, "message", hushed.pk)
    assert staff_alice("GET", "/admin/reports").json() == []
    assert refused(staff_alice("GET", f"/admin/reports/{about_item.pk}")) == (404, "no_such_report")
    rows = {row["target"]: row for row in as_mod("GET", "/admin/reports?status=pending").json()}
    assert (rows["item"]["quoted"], rows["item"]["about"]["display_name"]) == (item.title, "Alice")
    assert (rows["message"]["quoted"], rows["message"]["about"]) == (None, None)
    address = f"/admin/reports/{about_words.pk}"
    assert refused(as_mod("PATCH", f"{address}/hide", REASON)) == (409, "giving_not_opened")
    assert as_mod("PATCH", f"/admin/wishlists/{wishlist.pk}/giving", REASON).status_code == 200
    assert as_mod("PATCH", f"{address}/hide", REASON).json()["quoted"] == hushed.text
    assert not Message.objects.live().exists()
    assert as_mod("PATCH", f"{address}/restore", REASON).status_code == 200
    assert refused(as_mod("PATCH", f"{address}/restore", REASON)) == (409, "nothing_to_restore")
    body = {"resolution": "resolved", "note": "Removed"}
    decided = as_mod("PATCH", f"/admin/reports/{about_item.pk}", body).json()
    assert (decided["resolution"], decided["note"], decided["decided_by"]["display_name"]) == (
        "resolved",
        "Removed",
        "Mod",
    )
    assert refused(as_mod("PATCH", f"/admin/reports/{about_item.pk}", body)) == (409, "report_decided")
    assert [row["id"] for row in as_mod("GET", "/admin/reports?status=decided").json()] == [
        str(about_item.pk)
    ]


def test_list_is_handed_over(
    as_mod: Api, moderator: User, wishlist: Wishlist, alice: User, bob: User
) -> None:
    address = f"/admin/wishlists/{wishlist.pk}/hand-over"
    answer = as_mod("PATCH", address, REASON | {"user_id": str(bob.pk)})
    assert (answer.status_code, answer.json()["owner"]["display_name"]) == (200, "Bob")
    roles = dict(Member.objects.live().values_list("user__display_name", "role"))
    assert roles == {"Alice": "viewer", "Bob": "owner"}
    refusal = as_mod("PATCH", address, REASON | {"user_id": str(moderator.pk)})
    assert refused(refusal) == (403, "hand_over_refused")

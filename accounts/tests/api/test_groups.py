"""Groups in the API: their people, roles, last admins, and walls."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AccountActivity, Group, Notification, Tenant, User
from accounts.services import groups
from accounts.services.people import deactivate_user, remove_user
from tests.support.api_clients import Api, refused


@pytest.fixture
def family(as_alice: Api, bob: User) -> str:
    """Return the address of Alice's group, in which Bob is."""
    made = as_alice("POST", "/groups", {"name": " Family "}).json()
    as_alice("POST", f"/groups/{made['id']}/members", {"email": "BOB@example.com"})
    return f"/groups/{made['id']}"


def people(api: Api, group: str) -> dict[str, str]:
    return {one["user"]["display_name"]: one["role"] for one in api("GET", group).json()["members"]}


def test_life_of_a_group(as_alice: Api, as_bob: Api, alice: User, bob: User, family: str) -> None:
    assert as_bob("GET", "/groups").json() == [as_alice("GET", family).json()]
    group = as_bob("GET", family).json()
    assert (group["name"], people(as_bob, family)) == ("Family", {"Alice": "admin", "Bob": "member"})
    assert group["members"][1]["user"] == {"id": str(bob.pk), "display_name": "Bob", "avatar_url": None}
    notice = Notification.objects.get(user=bob, kind="group_joined")
    assert notice.payload == {"group_id": group["id"], "group_name": "Family"}
    assert as_bob("GET", f"{family}/members").json() == group["members"]
    again = as_alice("POST", f"{family}/members", {"email": bob.email, "role": "admin"})
    assert (again.status_code, again.json()["role"]) == (200, "admin")
    assert as_bob("PATCH", family, {"name": "Relatives"}).json()["name"] == "Relatives"
    assert as_bob("PUT", f"{family}/members/{alice.pk}", {"role": "member"}).json()["role"] == "member"
    assert as_alice("DELETE", f"{family}/members/{alice.pk}").status_code == 204
    assert refused(as_alice("GET", family)) == (404, "no_such_group")
    assert as_bob("DELETE", family).status_code == 204
    assert as_bob("GET", "/groups").json() == []
    kinds = AccountActivity.objects.filter(user=bob, kind__startswith="account_group").order_by("created_at")
    assert [row.kind.removeprefix("account_group_") for row in kinds] == ["joined", "role_changed", "left"]


REFUSED: list[tuple[str, str, Any, tuple[int, str]]] = [
    ("PATCH", "", {"name": "x"}, (403, "group_admin_only")),
    ("DELETE", "", None, (403, "group_admin_only")),
    ("POST", "/members", {"email": "charlie@example.com"}, (403, "group_admin_only")),
    ("POST", "/invite", {"email": "zoe@example.com"}, (403, "group_admin_only")),
    ("DELETE", "/invitations", None, (403, "group_admin_only")),
    ("PATCH", "/members/{bob}", {"role": "admin"}, (403, "group_admin_only")),
    ("DELETE", "/members/{alice}", None, (403, "group_admin_only")),
]


def test_members_change_nothing_and_strangers_find_nothing(
    as_alice: Api, as_bob: Api, as_charlie: Api, alice: User, bob: User, family: str
) -> None:
    for method, path, body, refusal in REFUSED:
        address = family + path.format(alice=alice.pk, bob=bob.pk)
        assert refused(as_bob(method, address, body)) == refusal, (method, path)
        assert refused(as_charlie(method, address, body)) == (404, "no_such_group"), (method, path)
    for path in ("", "/members"):
        assert refused(as_charlie("GET", family + path)) == (404, "no_such_group")
    assert as_charlie("GET", "/groups").json() == []
    assert people(as_alice, family) == {"Alice": "admin", "Bob": "member"}


def test_last_admin_stays(as_alice: Api, alice: User, bob: User, family: str) -> None:
    mine, last = f"{family}/members/{alice.pk}", (409, "last_admin")
    assert refused(as_alice("DELETE", mine)) == last
    assert refused(as_alice("PATCH", mine, {"role": "member"})) == last
    as_alice("PATCH", f"{family}/members/{bob.pk}", {"role": "admin"})
    deactivate_user(user=bob)  # an admin who can't log in doesn't count
    assert refused(as_alice("DELETE", mine)) == last
    assert list(people(as_alice, family)) == ["Alice"]


def test_only_people_of_the_tenant_are_found(
    as_alice: Api, as_bob: Api, charlie: User, bob: User, family: str
) -> None:
    elsewhere = Tenant.objects.create(name="Elsewhere")
    User.objects.filter(pk__in=[charlie.pk, bob.pk]).update(tenant=elsewhere)
    for email in (charlie.email, "nobody@example.com"):
        assert refused(as_alice("POST", f"{family}/members", {"email": email})) == (404, "no_such_person")
    # Bob was moved to another tenant while he was in the group.
    assert as_bob("GET", "/groups").json() == []
    assert refused(as_bob("GET", family)) == (404, "no_such_group")
    assert refused(as_bob("DELETE", f"{family}/members/{bob.pk}")) == (404, "no_such_group")


def test_group_of_a_removed_person_keeps_an_admin(
    as_alice: Api, as_bob: Api, alice: User, bob: User, family: str
) -> None:
    alone = as_alice("POST", "/groups", {"name": "Alone"}).json()["id"]
    remove_user(user=alice)
    assert people(as_bob, family) == {"Bob": "admin"}
    assert Group.objects.get(pk=alone).removed_at is not None
    assert not alice.group_places.exists()


def test_groups_and_their_people_are_bounded(
    as_alice: Api, bob: User, charlie: User, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "MOST_MEMBERS", 2)
    answer = as_alice("POST", f"{family}/members", {"email": charlie.email})
    assert refused(answer) == (409, "group_full")
    monkeypatch.setattr(groups, "MOST_GROUPS", 1)
    assert refused(as_alice("POST", "/groups", {"name": "Second"})) == (409, "too_many_groups")
    assert Group.objects.count() == 1

"""Sharing a list with people, and removing them."""

from __future__ import annotations

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.people import Json, Person, a_list, fresh_address, let_in

FIELDS = "id wishlist_id user_id role created_at"
SHARES = "/wishlists/{id}/shares"


def shares(wishlist: Json) -> str:
    return f"/wishlists/{wishlist['id']}/shares"


@covers(f"POST {SHARES}", *each(f"answer {SHARES}: ", f"201 {FIELDS}"))
@covers(*each(f"body {SHARES}: ", "email role role=viewer role=editor"))
@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_owner_shares_the_list(alice: Person, bob: Person, role: str) -> None:
    made = a_list(alice)
    share = alice.post(shares(made), {"email": bob.email.upper(), "role": role})
    assert share.keys() >= set(FIELDS.split())
    assert (share["wishlist_id"], share["user_id"], share["role"]) == (made["id"], bob.id, role)
    assert bob.get(f"/wishlists/{made['id']}")["my_role"] == role


@covers(f"answer {SHARES}: 200")
@says("again for the same person changes the role, 200")
def test_sharing_again_changes_the_role(alice: Person, bob: Person) -> None:
    made = a_list(alice)
    first = let_in(alice, made, bob)
    again = alice.post(shares(made), {"email": bob.email, "role": "editor"}, expect=200)
    assert again == first | {"role": "editor"}
    assert bob.get(f"/wishlists/{made['id']}")["my_role"] == "editor"


@covers(f"GET {SHARES}")
def test_owner_reads_the_members(alice: Person, bob: Person, carol: Person) -> None:
    made = a_list(alice)
    rows = [let_in(alice, made, bob), let_in(alice, made, carol, role="editor")]
    assert alice.get(shares(made)) == rows


@covers(*each(f"answer {SHARES}: ", "404 no_such_person"))
def test_sharing_with_an_unknown_address_is_refused(alice: Person) -> None:
    body = {"email": fresh_address("nobody"), "role": "viewer"}
    alice.refused("POST", shares(a_list(alice)), body, status=404, code="no_such_person")


@says("owner only; 201")
def test_only_the_owner_shares(alice: Person, bob: Person, carol: Person, charlie: Person) -> None:
    made = a_list(alice, bob, editor=carol)
    body = {"email": charlie.email, "role": "viewer"}
    for person in (bob, carol):
        person.refused("GET", shares(made), status=403, code="owner_only")
        person.refused("POST", shares(made), body, status=403, code="owner_only")
        person.refused("DELETE", f"{shares(made)}/{alice.id}", status=403, code="owner_only")


@pytest.mark.parametrize("role", ["owner", "admin", "", None])
def test_unknown_role_is_refused(alice: Person, bob: Person, role: str | None) -> None:
    alice.post(shares(a_list(alice)), {"email": bob.email, "role": role}, expect=400)


def test_sharing_with_the_owner_is_refused(alice: Person) -> None:
    body = {"email": alice.email, "role": "viewer"}
    alice.refused("POST", shares(a_list(alice)), body, status=409, code="already_owner")


@covers(f"DELETE {SHARES}/{{userId}}", f"answer {SHARES}/{{userId}}: 204")
def test_owner_removes_a_member(alice: Person, bob: Person, carol: Person) -> None:
    made = a_list(alice, bob, carol)
    bob.refused("DELETE", f"{shares(made)}/{carol.id}", status=403, code="owner_only")
    alice.delete(f"{shares(made)}/{bob.id}")
    alice.delete(f"{shares(made)}/{bob.id}", expect=404)
    bob.get(f"/wishlists/{made['id']}", expect=404)
    assert [share["user_id"] for share in alice.get(shares(made))] == [carol.id]


def test_member_leaves(alice: Person, bob: Person) -> None:
    made = a_list(alice, bob)
    bob.delete(f"{shares(made)}/{bob.id}")
    bob.get(f"/wishlists/{made['id']}", expect=404)
    assert alice.get(shares(made)) == []

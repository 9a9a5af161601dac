"""/users/me."""

from __future__ import annotations

from collections.abc import Callable

from tests.contract.support.cases import covers, each, says
from tests.contract.support.people import PASSWORD, Client, Person, a_list, an_item, set_status

PICTURE = "https://example.com/dora.png"


@covers("GET /users/me", *each("answer /users/me: ", "id email display_name avatar_url"))
def test_person_reads_their_own_account(bob: Person) -> None:
    me = bob.get("/users/me")
    assert me["id"] == bob.id
    assert me["email"] == bob.email
    assert me["display_name"] == "Bob"
    assert me["avatar_url"] is None


@covers("PATCH /users/me", *each("body /users/me: ", "display_name avatar_url"))
@says("PUT is offered wherever PATCH is")
def test_person_changes_their_own_account(newcomer: Callable[[str], Person]) -> None:
    dora = newcomer("Dora")
    changed = dora.patch("/users/me", {"display_name": "Dora D.", "avatar_url": PICTURE})
    assert (changed["display_name"], changed["avatar_url"]) == ("Dora D.", PICTURE)
    assert dora.get("/users/me") == changed
    assert dora.put("/users/me", {"display_name": "Dora E."})["avatar_url"] == PICTURE


@says("null clears texts, dates, URLs and prices and leaves a non-nullable field as it is")
def test_null_clears_the_picture_and_keeps_the_name(newcomer: Callable[[str], Person]) -> None:
    dora = newcomer("Dora")
    dora.patch("/users/me", {"avatar_url": PICTURE})
    changed = dora.patch("/users/me", {"display_name": None, "avatar_url": None})
    assert (changed["display_name"], changed["avatar_url"]) == ("Dora", None)
    dora.patch("/users/me", {"avatar_url": PICTURE})
    assert dora.patch("/users/me", {"avatar_url": ""})["avatar_url"] is None


@covers("DELETE /users/me")
def test_person_deletes_their_account(anyone: Client, newcomer: Callable[[str], Person], bob: Person) -> None:
    dora = newcomer("Dora")
    theirs = a_list(dora, bob)
    bobs = a_list(bob, dora)
    taken = an_item(bob, bobs)
    set_status(dora, taken, "reserved")
    dora.delete("/users/me")
    dora.get("/users/me", expect=401)
    anyone.post("/auth/login", {"email": dora.email, "password": PASSWORD}, expect=401)
    bob.get(f"/wishlists/{theirs['id']}", expect=404)
    assert dora.id not in [share["user_id"] for share in bob.get(f"/wishlists/{bobs['id']}/shares")]


def test_auth_me_answers_like_users_me(anyone: Client, newcomer: Callable[[str], Person]) -> None:
    dora = newcomer("Dora")
    assert (
        dora.patch("/auth/me", {"display_name": "Dora D."}) == dora.get("/users/me") == dora.get("/auth/me")
    )
    anyone.refused("GET", "/auth/me", status=401, code="not_authenticated")
    dora.delete("/auth/me")
    dora.get("/auth/me", expect=401)


def test_ping_needs_no_account(anyone: Client) -> None:
    for headers in ({}, {"Authorization": "Bearer x.y.z"}):
        assert anyone.get("/auth/ping", headers=headers) == {"status": "ok"}

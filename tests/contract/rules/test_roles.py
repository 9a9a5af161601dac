"""Who may do what: each role tries everything that the contract allows one of the roles."""

from __future__ import annotations

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.people import Client, Json, Person, a_link, a_list, an_item, item_path

OWNERS: dict[str, Json] = {
    "is_public": {"is_public": True},
    "sort_order": {"sort_order": 9},
    "policy": {"policy": "status"},
}


@pytest.fixture
def with_editor(alice: Person, bob: Person, carol: Person) -> Json:
    """Alice's list, with Bob as a viewer and Carol as an editor."""
    return a_list(alice, bob, editor=carol)


@covers(*each("editor: ", "add edit delete"), "GIVER: contributed_by_id")
def test_editors_add_edit_and_delete_items(alice: Person, carol: Person, with_editor: Json) -> None:
    made = an_item(carol, with_editor)
    assert made["contributed_by_id"] == carol.id
    for item in (made, an_item(alice, with_editor)):
        assert carol.patch(item_path(item), {"title": "Teapot"})["title"] == "Teapot"
        carol.delete(item_path(item))


@covers(*each("editor changes: ", "title description due_date"))
@pytest.mark.parametrize("name", ["title", "description", "due_date"])
def test_editors_change_the_texts_and_date_of_a_list(carol: Person, with_editor: Json, name: str) -> None:
    new = "2030-01-01" if name == "due_date" else "New"
    assert carol.patch(f"/wishlists/{with_editor['id']}", {name: new})[name] == new


@covers(*each("owner only: ", "is_public sort_order policy"))
@pytest.mark.parametrize("name", OWNERS)
def test_only_the_owner_changes_who_sees_and_does_what(
    alice: Person, bob: Person, carol: Person, with_editor: Json, name: str
) -> None:
    path = f"/wishlists/{with_editor['id']}"
    for person in (bob, carol):
        person.patch(path, OWNERS[name], expect=403)
    assert alice.get(path)[name] == with_editor[name]
    private = alice.post("/wishlists", {"title": "Not shared yet"})
    assert alice.patch(f"/wishlists/{private['id']}", OWNERS[name]).items() >= OWNERS[name].items()


@covers(*each("owner only: ", "shares links deletion"))
def test_only_the_owner_manages_shares_links_and_deletion(
    alice: Person, bob: Person, carol: Person, with_editor: Json
) -> None:
    path = f"/wishlists/{with_editor['id']}"
    for person in (bob, carol):
        for method, below, body in (
            ("GET", "/shares", None),
            ("POST", "/shares", {"email": bob.email, "role": "editor"}),
            ("GET", "/public-link", None),
            ("POST", "/public-link", {}),
            ("DELETE", "/public-link", None),
            ("GET", "/suggestions", None),
            ("GET", "/delete-impact", None),
            ("DELETE", "", None),
        ):
            person.refused(method, path + below, body, status=403, code="owner_only")
    alice.delete(path)


def test_viewers_do_not_edit(bob: Person, with_editor: Json, alice: Person) -> None:
    item = an_item(alice, with_editor)
    path = f"/wishlists/{with_editor['id']}"
    bob.refused("POST", f"{path}/items", {"title": "Mine"}, status=403, code="editor_only")
    bob.refused("PATCH", item_path(item), {"title": "Mine"}, status=403, code="editor_only")
    bob.refused("DELETE", item_path(item), status=403, code="editor_only")
    bob.refused("PATCH", path, {"title": "Mine"}, status=403, code="editor_only")


def test_partly_forbidden_request_changes_nothing(alice: Person, bob: Person, with_editor: Json) -> None:
    item = an_item(alice, with_editor)
    bob.patch(item_path(item), {"title": "Mine", "reservation_status": "reserved"}, expect=403)
    assert bob.get(item_path(item)) == item


@covers(*each("viewer: ", "reserve suggest"), "viewer: chip in")
@says("Viewers reserve, chip in, suggest")
def test_viewers_reserve_chip_in_and_suggest(alice: Person, bob: Person, with_editor: Json) -> None:
    item = an_item(alice, with_editor)
    bob.post(f"{item_path(item)}/contributions", {"amount": 5})
    assert bob.patch(item_path(item), {"reservation_status": "reserved"})["reserved_by_id"] == bob.id
    token = a_link(alice, with_editor)
    suggested = bob.post("/public/wishlists/suggestions", {"title": "Book"}, params={"token": token})
    assert suggested["suggested_by_id"] == bob.id


def test_people_without_an_account_get_in_only_by_a_link(anyone: Client, with_editor: Json) -> None:
    for below in ("", "/items", "/activity"):
        anyone.get(f"/wishlists/{with_editor['id']}{below}", expect=401)

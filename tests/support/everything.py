"""Two lists of Alice with data for every route: one that is not revealed, and one that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from accounts.models import User
from tests.support.api_clients import Api, logged_in
from wishlists.models import Item, Wishlist


@dataclass
class Everything:
    """The data. `names` has the values for parameters of routes; `own` has those that differ by person."""

    people: dict[str, Api]
    names: dict[str, Any]
    own: dict[str, dict[str, Any]]
    revealed: dict[str, Any]
    link: str
    manage_token: str

    def path(self, route: str, who: str) -> str:
        """Return the address of a route of the API, with the ids for that person."""
        names = self.names | self.own.get(who, {}) | (self.revealed if "thanks" in route else {})
        if route.startswith("shopping-lists/"):
            names |= {"wishlist_id": names["shared_id"], "item_id": names["thing_id"]}
        if "drafts" in route and "draft" in names:
            names |= {"item_id": names["draft"]}
        path = "/" + route.format(**names)
        return f"{path}?token={self.link}" if route.startswith("public/") else path

    def ask(self, who: str, method: str, route: str, body: Any = None, **headers: str) -> Any:
        guest = {"x-manage-token": self.manage_token} if who == "guest" else {}
        return self.people[who](method, self.path(route, who), body, headers=guest | headers)


@pytest.fixture
def everything(wishlist: Wishlist, item: Item, alice: User, bob: User) -> Everything:
    people = {name: Api(logged_in(user)["access_token"]) for name, user in (("alice", alice), ("bob", bob))}
    people["guest"] = Api()
    owner, giver, guest = people["alice"], people["bob"], people["guest"]
    path = f"/wishlists/{wishlist.pk}"

    def made(api: Api, address: str, body: dict[str, Any], **headers: str) -> Any:
        answer = api("POST", address, body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json() if answer.content else None

    lamp = made(owner, f"{path}/items", {"title": "Lamp", "price": 20, "quantity": 1})
    draft = made(owner, f"{path}/drafts", {"title": "Tea"})
    link = made(owner, f"{path}/public-link", {})["token"]
    held = made(giver, f"{path}/items/{item.pk}/reservations", {})
    made(giver, f"{path}/items/{lamp['id']}/contributions", {"amount": 5})
    collection = made(giver, f"{path}/collections", {"target": 30})
    giver("PUT", f"{path}/budget", {"amount": 50})
    shared = made(owner, "/shopping-lists", {"title": "Groceries"})["id"]
    made(owner, f"/shopping-lists/{shared}/shares", {"email": bob.email, "role": "viewer"})
    thing = made(owner, f"/shopping-lists/{shared}/items", {"title": "Milk"})["id"]
    family = made(owner, "/groups", {"name": "Family"})["id"]
    made(owner, f"/groups/{family}/members", {"email": bob.email})
    made(owner, f"{path}/groups", {"group_id": family})
    question = made(giver, f"{path}/items/{item.pk}/messages", {"lane": "questions", "text": "Which colour?"})
    suggestion = made(giver, f"{path}/suggestions", {"title": "A book"})
    public = f"/public/wishlists/items/{lamp['id']}"
    manage = made(guest, f"{public}/contributions?token={link}", {"amount": 5, "guest_name": "Rose"})[
        "manage_token"
    ]
    made(guest, f"/public/wishlists/items/{item.pk}/waiting?token={link}", {}, **{"x-manage-token": manage})
    asked = made(
        guest,
        f"{public}/messages?token={link}",
        {"text": "Which size?", "lane": "questions"},
        **{"x-manage-token": manage},
    )
    reserved = guest(
        "PATCH",
        f"{public}?token={link}",
        {"reservation_status": "reserved"},
        headers={"x-manage-token": manage},
    )
    assert reserved.status_code == 200, reserved.text
    made(giver, f"{path}/items/{lamp['id']}/waiting", {})

    person = made(owner, "/people", {"name": "Gran"})
    persons = made(giver, "/people", {"name": "Gran"})

    exchange = made(
        owner, "/exchanges", {"title": "Christmas", "participants": [{"name": "Gran"}, {"name": "Uncle"}]}
    )
    made(giver, f"/exchanges/{exchange['id']}/join", {"token": exchange["join_token"]})
    pair = dict(
        zip(("giver_id", "receiver_id"), [one["id"] for one in exchange["participants"]], strict=True)
    )
    excluded = made(owner, f"/exchanges/{exchange['id']}/exclusions", pair | {"mutual": False})

    def mine(address: str) -> Any:
        return guest("GET", f"{address}?token={link}", headers={"x-manage-token": manage}).json()[0]["id"]

    notice = {name: people[name]("GET", "/notifications").json()[0]["id"] for name in ("alice", "bob")}
    return Everything(
        people=people,
        names={
            "provider_id": "oidc",
            "group_id": family,
            "shared_id": shared,
            "thing_id": thing,
            "wishlist_id": wishlist.pk,
            "item_id": item.pk,
            "user_id": bob.pk,
            "collection_id": collection["id"],
            "suggestion_id": suggestion["id"],
            "message_id": question["id"],
            "giver_id": bob.pk,
            "name": "none",
            "exchange_id": exchange["id"],
            "participant_id": pair["giver_id"],
            "exclusion_id": excluded["id"],
            "person_id": person["id"],
            "session_id": wishlist.pk,
            "token_id": wishlist.pk,
            "passkey_id": "1",
            "tenant_id": wishlist.tenant_id,
            "report_id": wishlist.pk,
            "job_id": wishlist.pk,
        },
        own={
            "alice": {
                "notification_id": notice["alice"],
                "draft": draft["id"],
                "person_id": person["id"],
                "reservation_id": held["id"],
                "contribution_id": held["id"],
            },
            "bob": {
                "notification_id": notice["bob"],
                "person_id": persons["id"],
                "reservation_id": held["id"],
                "contribution_id": giver("GET", "/contributions").json()[0]["id"],
            },
            "guest": {
                "notification_id": notice["bob"],
                "message_id": asked["id"],
                "item_id": lamp["id"],
                "reservation_id": mine("/public/reservations"),
                "contribution_id": mine("/public/contributions"),
            },
        },
        revealed=_revealed(people, alice, bob),
        link=link,
        manage_token=manage,
    )


def _revealed(people: dict[str, Api], alice: User, bob: User) -> dict[str, Any]:
    """Create a list on which Bob reserved something before it was revealed."""
    owner = people["alice"]
    made = owner("POST", "/wishlists", {"title": "Last year"}).json()
    path = f"/wishlists/{made['id']}"
    item = owner("POST", f"{path}/items", {"title": "Socks"}).json()
    owner("POST", f"{path}/shares", {"email": bob.email, "role": "viewer"})
    people["bob"]("POST", f"{path}/items/{item['id']}/reservations", {})
    assert owner("POST", f"{path}/reveal", {"confirm": True}).status_code == 200
    [row] = owner("GET", f"{path}/thanks").json()
    return {"wishlist_id": made["id"], "giver_id": row["giver_id"]}

"""The people of the contract test: clients with or without an account, over real HTTP."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.socket_client import NO_TLS

PASSWORD = "correct horse battery"

Json = Any

logging.getLogger("httpx").setLevel(logging.WARNING)
# A line for each of thousands of requests would bury the message of a failing test.


@dataclass
class Client:
    """A client. Each verb takes the expected status, and returns the JSON of the answer."""

    base: str
    headers: dict[str, str] = field(default_factory=dict)
    http: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base, headers=self.headers, timeout=30, verify=NO_TLS)

    def ask(self, method: str, path: str, body: Json = None, **options: Any) -> httpx.Response:
        """Return the bare answer. A path is one of the contract: below /api/v1, except /health."""
        whole = path if path.startswith("/health") else f"/api/v1{path}"
        if body is not None:
            options["json"] = body
        return self.http.request(method, whole, **options)

    def get(self, path: str, *, expect: int = 200, **options: Any) -> Json:
        return body_of(self.ask("GET", path, **options), expect)

    def post(self, path: str, body: Json = None, *, expect: int = 201, **options: Any) -> Json:
        return body_of(self.ask("POST", path, body, **options), expect)

    def patch(self, path: str, body: Json = None, *, expect: int = 200, **options: Any) -> Json:
        return body_of(self.ask("PATCH", path, body, **options), expect)

    def put(self, path: str, body: Json = None, *, expect: int = 200, **options: Any) -> Json:
        return body_of(self.ask("PUT", path, body, **options), expect)

    def delete(self, path: str, *, expect: int = 204, **options: Any) -> Json:
        return body_of(self.ask("DELETE", path, **options), expect)

    def refused(self, method: str, path: str, body: Json = None, *, status: int, code: str) -> Json:
        """Return the problem document of an error with that status and code."""
        problem = body_of(self.ask(method, path, body), status)
        assert problem["code"] == code, problem
        return problem


@dataclass
class Person(Client):
    """A person with an account."""

    id: str = ""
    name: str = ""
    email: str = ""
    access: str = ""
    refresh: str = ""

    def place(self, wishlist: Json) -> Json:
        """Return the entry of `wishlist` among this person's lists."""
        return next(row for row in self.get("/wishlists") if row["id"] == wishlist["id"])


def body_of(answer: httpx.Response, expect: int) -> Json:
    """Return the body of an answer with that status, or None if it has no body."""
    summary = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:500]}"
    assert answer.status_code == expect, summary
    return answer.json() if answer.content else None


def fresh_address(name: str) -> str:
    return f"{name.lower()}.{secrets.token_hex(8)}@example.com"


def register(base: str, name: str) -> Person:
    """Register a new person over HTTP."""
    email = fresh_address(name)
    account = {"email": email, "password": PASSWORD, "display_name": name}
    tokens = Client(base).post("/auth/register", account)
    person = Person(
        base,
        {"Authorization": f"Bearer {tokens['access_token']}"},
        name=name,
        email=email,
        access=tokens["access_token"],
        refresh=tokens["refresh_token"],
    )
    person.id = person.get("/users/me")["id"]
    return person


def a_list(owner: Person, *viewers: Person, editor: Person | None = None, **fields: Json) -> Json:
    """Create a list of `owner`, shared with `viewers` and `editor`. Return it as its owner now gets it."""
    made = owner.post("/wishlists", {"title": "Birthday", **fields})
    for person in viewers:
        let_in(owner, made, person)
    if editor is not None:
        let_in(owner, made, editor, role="editor")
    return made


def let_in(owner: Person, wishlist: Json, person: Person, *, role: str = "viewer") -> Json:
    return owner.post(f"/wishlists/{wishlist['id']}/shares", {"email": person.email, "role": role})


def an_item(by: Person, wishlist: Json, **fields: Json) -> Json:
    """Create an item, by default a kettle for 49.90 EUR."""
    kettle = {"title": "Kettle", "price": 49.9, "currency": "EUR"}
    return by.post(f"/wishlists/{wishlist['id']}/items", {**kettle, **fields})


def a_link(owner: Person, wishlist: Json, **limits: Json) -> str:
    """Return the token of the list's public link."""
    token = owner.post(f"/wishlists/{wishlist['id']}/public-link", limits)["token"]
    assert isinstance(token, str)
    return token


def item_path(item: Json) -> str:
    return f"/wishlists/{item['wishlist_id']}/items/{item['id']}"


def set_status(person: Person, item: Json, status: str, *, expect: int = 200, **fields: Json) -> Json:
    """PATCH `reservation_status` as a person with an account."""
    return person.patch(item_path(item), {"reservation_status": status, **fields}, expect=expect)


@dataclass
class Guest:
    """A guest with a link and a name. Keeps the manage token of the first answer for later requests."""

    client: Client
    token: str
    name: str = "Grandma"
    manage_token: str = ""

    @property
    def query(self) -> dict[str, str]:
        return {"token": self.token}

    def set_status(self, item: Json, status: str, *, expect: int = 200, **fields: Json) -> Json:
        return self._write(
            f"/public/wishlists/items/{item['id']}", "PATCH", expect, reservation_status=status, **fields
        )

    def chip_in(self, item: Json, amount: Json, *, expect: int = 201, **fields: Json) -> Json:
        path = f"/public/wishlists/items/{item['id']}/contributions"
        return self._write(path, "POST", expect, amount=amount, **fields)

    def reservations(self) -> Json:
        return self.client.get(
            "/public/reservations", params=self.query, headers={"X-Manage-Token": self.manage_token}
        )

    def _write(self, path: str, method: str, expect: int, **body: Json) -> Json:
        who = {"manage_token": self.manage_token} if self.manage_token else {"guest_name": self.name}
        answer = body_of(self.client.ask(method, path, {**who, **body}, params=self.query), expect)
        if expect < 300:
            self.manage_token = answer["manage_token"]
        return answer

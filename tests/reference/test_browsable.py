"""The browsable API can be used by clicks only: each step (log in, list, item, reserve) is a link or form on the page before."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from django.test import Client

from accounts.models import User
from conftest import PASSWORD
from tests.reference.clicking import HTML, Page
from wishlists.models import Item, Reservation, Wishlist

pytestmark = pytest.mark.once


class Person:
    """A user with a browser, who only follows links and fills in forms."""

    def __init__(self, start: str) -> None:
        self.client = Client(enforce_csrf_checks=True, headers=HTML)
        self.visit(start)

    def visit(self, address: str) -> None:
        self.answer = self.client.get(address, follow=True)
        self.address = self.answer.request["PATH_INFO"]
        self.page = Page(self.answer.content.decode())

    def click(self, text: str) -> None:
        self.visit(urljoin(self.address, self.page.links[text]))

    def send(self, *, needs: str, **fields: str) -> None:
        """Fill the first form that has the field `needs`, and send it."""
        action, filled = next(form for form in self.page.forms if needs in form[1])
        to = urljoin(self.address, action) if action else self.address
        self.answer = self.client.post(to, {**filled, **fields}, follow=True)
        self.address = self.answer.request["PATH_INFO"]
        self.page = Page(self.answer.content.decode())


@pytest.fixture
def visitor(db: None) -> Person:
    return Person("/api/v1")


def log_in(person: Person, user: User) -> None:
    person.click("Log in")
    person.send(needs="password", email=user.email, username=user.email, password=PASSWORD)


def enter(person: Person, user: User) -> None:
    """Log in without a password, because hashing is slow and the log-in is not what is tested."""
    person.client.force_login(user)
    person.visit("/api/v1")


def test_giver_can_click_from_the_start_to_a_reservation(visitor: Person, bob: User, item: Item) -> None:
    log_in(visitor, bob)
    assert visitor.address == "/api/v1"
    for text in ("wishlists", "Alice's birthday", "Items", "Kettle", "Reserve it"):
        visitor.click(text)
        assert visitor.answer.status_code == 200, text
    visitor.send(needs="units", units="1", status="reserved", message="mine")
    assert visitor.answer.status_code == 201
    assert Reservation.objects.get().message == "mine"
    visitor.click("All my reservations")
    visitor.click("Kettle")
    assert "mine" in visitor.answer.content.decode()


def test_owner_can_click_from_the_start_to_a_new_item(visitor: Person, alice: User) -> None:
    log_in(visitor, alice)
    visitor.click("wishlists")
    visitor.send(needs="title", title="Wedding")
    assert visitor.answer.status_code == 201
    visitor.click("Items")
    visitor.send(needs="title", title="Toaster", price="49.90", currency="EUR")
    assert visitor.answer.status_code == 201
    [item] = Item.objects.all()
    assert (item.title, item.price_minor, item.wishlist.title, item.wishlist.names_shown) == (
        "Toaster",
        4990,
        "Wedding",
        True,
    )


def test_refusal_is_shown_as_a_page(visitor: Person, bob: User, wishlist: Wishlist) -> None:
    enter(visitor, bob)
    visitor.visit(f"/api/v1/wishlists/{wishlist.pk}/shares")
    assert visitor.answer.status_code == 403
    assert "Only the owner" in visitor.answer.content.decode()


def test_forms_are_prefilled(visitor: Person, alice: User, item: Item) -> None:
    enter(visitor, alice)
    visitor.visit(f"/api/v1/items/{item.pk}")
    assert "&quot;price&quot;: 49.9" in visitor.answer.content.decode()


@pytest.mark.parametrize(
    "path",
    ["", "/wishlists", "/wishlists/{list}", "/items/{item}", "/wishlists/{list}/items", "/reservations"],
)
def test_pages_have_no_inline_code(
    path: str, visitor: Person, alice: User, wishlist: Wishlist, item: Item
) -> None:
    enter(visitor, alice)
    visitor.visit("/api/v1" + path.format(list=wishlist.pk, item=item.pk))
    assert visitor.answer.status_code == 200
    assert visitor.page.inline == []
    assert "'unsafe" not in visitor.answer["Content-Security-Policy"]


def test_programs_get_json_from_the_same_address(visitor: Person, bob: User, wishlist: Wishlist) -> None:
    enter(visitor, bob)
    answer = visitor.client.get("/api/v1/wishlists", headers={"accept": "*/*"})
    assert answer.json()[0]["title"] == wishlist.title

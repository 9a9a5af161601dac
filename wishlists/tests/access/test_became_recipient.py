"""Givers who become recipients keep what they took, as it was then, and learn nothing newer (G3, G5)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import Notification, User
from tests.support.api_clients import Api, refused
from wishlists.access.former_givers import GiverAccess
from wishlists.access.viewpoint import Viewpoint
from wishlists.api.serializers.reservations import ReservationSerializer
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.lists import WishlistQuerySet
from wishlists.models.viewers import Viewer
from wishlists.projections import reservations
from wishlists.services.lists.items import edit_item, remove_item
from wishlists.tests.factories import put, take_as_guest
from wishlists.tests.shapes import agrees

pytestmark = pytest.mark.django_db

BecomeRecipient = Callable[[], None]


@pytest.fixture
def secret(as_alice: Api, as_dora: Api, item: Item, dora: User) -> Item:
    """Dora's secret addition."""
    here = f"/wishlists/{item.wishlist_id}"
    as_alice("POST", f"{here}/shares", {"email": dora.email, "role": "viewer"})
    body = {"title": "Theatre", "secret": True, "price": 30, "quantity": 4}
    return Item.objects.get(pk=as_dora("POST", f"{here}/items", body).json()["id"])


@pytest.fixture
def place(secret: Item) -> str:
    return f"/wishlists/{secret.wishlist_id}/items/{secret.pk}"


@pytest.fixture
def reservation(as_bob: Api, place: str) -> str:
    """Bob has bought a seat, and paid for another one. The path of the reservation."""
    made = as_bob("POST", f"{place}/reservations", {"status": "purchased", "message": "row 5"})
    as_bob("POST", f"{place}/contributions", {"amount": 30, "status": "paid"})
    return f"/reservations/{made.json()['id']}"


@pytest.fixture
def become_recipient(as_alice: Api, wishlist: Wishlist, alice: User, bob: User) -> BecomeRecipient:
    """Make Bob a recipient."""

    def became() -> None:
        assert put(as_alice, wishlist.pk, alice, bob).status_code == 200

    return became


def go_on(secret: Item, place: str, dora: User, as_dora: Api) -> None:
    """Do everything that givers can do."""
    by = Viewer(user=dora)
    there = Item.objects.get(pk=secret.pk)
    edit_item(item=there, by=by, title="Canary opera", price_minor=9900, quantity=9)
    assert as_dora("POST", f"{place}/reservations", {"units": 2, "message": "canary"}).status_code == 201
    assert as_dora("POST", f"{place}/contributions", {"amount": 5}).status_code == 201
    assert as_dora("POST", f"{place}/messages", {"lane": "givers", "text": "canary"}).status_code == 201
    take_as_guest(secret)
    remove_item(item=there, by=by)


READ = (
    "/reservations",
    "/reservations?released=true",
    "/reservations.csv",
    "/contributions",
    "/waiting",
    "/notifications",
)


def test_former_giver_reads_only_what_they_took(
    as_bob: Api,
    as_dora: Api,
    secret: Item,
    place: str,
    reservation: str,
    become_recipient: BecomeRecipient,
    dora: User,
) -> None:
    before = as_bob("GET", reservation).json()
    become_recipient()
    row = as_bob("GET", reservation).json()
    assert (row["item"]["title"], row["price"], row["stage"], row["message"]) == (
        "Theatre",
        30,
        "ordered",
        "row 5",
    )
    assert (row["is_snapshot"], row["withdrawn"], row["changes"], row["recipients"]) == (True, False, {}, [])
    assert row["created_at"] == before["created_at"]
    agrees(row, ReservationSerializer)
    read = [as_bob("GET", path).content for path in (*READ, reservation)]
    assert b"Theatre" in read[0]
    go_on(secret, place, dora, as_dora)
    assert [as_bob("GET", path).content for path in (*READ, reservation)] == read


def test_control_giver_reads_newer_changes(
    as_bob: Api, as_dora: Api, secret: Item, place: str, reservation: str, dora: User
) -> None:
    go_on(secret, place, dora, as_dora)
    assert "Canary opera" in as_bob("GET", reservation).text


def test_control_without_the_access_check_they_read_newer_changes(
    as_bob: Api,
    as_dora: Api,
    secret: Item,
    place: str,
    reservation: str,
    become_recipient: BecomeRecipient,
    dora: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    become_recipient()
    go_on(secret, place, dora, as_dora)

    def everywhere(_giver: Viewer, lists: Collection[Wishlist]) -> dict[UUID, GiverAccess]:
        return {wishlist.pk: GiverAccess(reads=True) for wishlist in lists}

    def as_givers(giver: Viewer, lists: WishlistQuerySet) -> dict[UUID, Viewpoint]:
        return {row.pk: Viewpoint(giver, row, role="viewer") for row in lists}

    monkeypatch.setattr(reservations, "giver_access_of", everywhere)
    monkeypatch.setattr(reservations, "viewpoints_of", as_givers)
    assert "Canary opera" in as_bob("GET", reservation).text


def test_former_giver_changes_stage_and_releases(
    as_bob: Api, reservation: str, become_recipient: BecomeRecipient, secret: Item, place: str
) -> None:
    become_recipient()
    assert as_bob("PATCH", reservation, {"stage": "wrapped"}).json()["stage"] == "wrapped"
    assert as_bob("PATCH", reservation, {"message": None}).json()["message"] is None
    [money] = as_bob("GET", "/contributions").json()
    assert (money["amount"], money["status"]) == (30, "paid")
    assert as_bob("DELETE", f"/contributions/{money['id']}").status_code == 204
    assert as_bob("DELETE", reservation).status_code == 204
    secret.refresh_from_db()
    assert secret.units_taken == 0
    assert refused(as_bob("POST", f"{place}/reservations")) == (404, "no_such_item")
    assert as_bob("GET", "/reservations?released=true").json()[0]["item"]["title"] == "Theatre"


@pytest.mark.parametrize("free", [True, False])
def test_former_giver_cannot_reserve_more_or_write(
    free: bool, as_bob: Api, as_dora: Api, reservation: str, place: str, become_recipient: BecomeRecipient
) -> None:
    """The answer is the same whether or not more is available."""
    become_recipient()
    if not free:
        as_dora("POST", f"{place}/reservations", {"units": 3})
    for body in ({"units": 2}, {"message": "blue"}):
        assert refused(as_bob("PATCH", reservation, body)) == (403, "recipient"), body


@pytest.mark.parametrize("collected", [True, False])
def test_former_giver_cannot_give_more_money(
    collected: bool,
    as_bob: Api,
    as_dora: Api,
    reservation: str,
    place: str,
    become_recipient: BecomeRecipient,
) -> None:
    """The answer doesn't depend on what others gave, or on whether there is a collection."""
    become_recipient()
    if collected:
        wishlist, _sep, item = place.partition("/items/")
        as_dora("POST", f"{wishlist}/collections", {"item_id": item, "target": 50})
    [money] = as_bob("GET", "/contributions").json()
    for body in ({"rest": True}, {"amount": 31}, {"status": "pledged"}):
        assert refused(as_bob("PATCH", f"/contributions/{money['id']}", body)) == (403, "recipient"), body
    assert as_bob("PATCH", f"/contributions/{money['id']}", {"amount": 20}).json()["amount"] == 20


def test_former_giver_knows_what_was_withdrawn_before(
    as_bob: Api, reservation: str, become_recipient: BecomeRecipient, secret: Item, dora: User
) -> None:
    remove_item(item=Item.objects.get(pk=secret.pk), by=Viewer(user=dora))
    become_recipient()
    assert as_bob("GET", reservation).json()["withdrawn"] is True


def test_leaving_the_list_shows_a_former_giver_nothing_newer(
    as_bob: Api, reservation: str, become_recipient: BecomeRecipient, secret: Item, bob: User
) -> None:
    become_recipient()
    read = as_bob("GET", reservation).content
    assert as_bob("DELETE", f"/wishlists/{secret.wishlist_id}/shares/{bob.pk}").status_code == 204
    assert as_bob("GET", reservation).content == read


@pytest.mark.parametrize("is_public", [True, False])
def test_public_link_shows_a_former_giver_nothing_newer(
    is_public: bool,
    as_alice: Api,
    as_bob: Api,
    reservation: str,
    become_recipient: BecomeRecipient,
    secret: Item,
) -> None:
    become_recipient()
    read = as_bob("GET", reservation).content
    if is_public:
        as_alice("PATCH", f"/wishlists/{secret.wishlist_id}", {"is_public": True})
    else:
        as_alice("POST", f"/wishlists/{secret.wishlist_id}/public-link", {})
    assert as_bob("GET", reservation).content == read


@pytest.mark.parametrize("how", ["revealed", "open"])
def test_former_giver_reads_everything_without_a_secret(
    how: str,
    as_alice: Api,
    as_bob: Api,
    as_dora: Api,
    reservation: str,
    become_recipient: BecomeRecipient,
    secret: Item,
    place: str,
) -> None:
    """But they still can't give more."""
    become_recipient()
    if how == "revealed":
        as_alice("POST", f"/wishlists/{secret.wishlist_id}/reveal", {"confirm": True})
    else:
        Wishlist.objects.filter(pk=secret.wishlist_id).update(policy="open")
    as_dora("PATCH", place, {"title": "Opera"})
    row = as_bob("GET", reservation).json()
    assert (row["is_snapshot"], row["item"]["title"], list(row["changes"])) == (False, "Opera", ["title"])
    assert refused(as_bob("PATCH", reservation, {"units": 2})) == (403, "recipient")
    given = as_bob("GET", f"/wishlists/{secret.wishlist_id}/gifts")
    assert refused(given) == (409, "not_revealed") if how == "open" else given.json()[0]["is_me"]


def test_former_giver_keeps_reservations_until_released(
    as_bob: Api, place: str, become_recipient: BecomeRecipient, item: Item
) -> None:
    as_bob("POST", f"{place}/reservations", {"message": "row 5"})
    as_bob("POST", f"{place}/contributions", {"amount": 30})
    become_recipient()
    [held], [money] = as_bob("GET", "/reservations").json(), as_bob("GET", "/contributions").json()
    assert (held["status"], held["is_former_giver"], money["status"]) == ("reserved", True, "pledged")
    assert as_bob("DELETE", f"/reservations/{held['id']}").status_code == 204
    assert as_bob("DELETE", f"/contributions/{money['id']}").status_code == 204
    [row] = as_bob("GET", "/reservations?released=true").json()
    assert (row["item"]["title"], row["is_snapshot"]) == ("Theatre", True)
    assert not Reservation.objects.active().exists()


def test_former_giver_is_not_notified(
    as_dora: Api,
    secret: Item,
    place: str,
    reservation: str,
    become_recipient: BecomeRecipient,
    dora: User,
    bob: User,
) -> None:
    become_recipient()
    notices = Notification.objects.filter(user=bob).count()
    go_on(secret, place, dora, as_dora)
    assert Notification.objects.filter(user=bob).count() == notices


def test_my_gifts_shows_a_former_giver_nothing_newer(
    as_dora: Api,
    secret: Item,
    place: str,
    reservation: str,
    become_recipient: BecomeRecipient,
    dora: User,
    bob: User,
) -> None:
    browser = Client()
    browser.force_login(bob)
    become_recipient()
    go_on(secret, place, dora, as_dora)
    page = browser.get("/gifts").text
    assert "This list is now for you. You reserved this before." in page
    assert "Theatre" in page
    assert "anary" not in page
    assert f"/lists/{secret.wishlist_id}/budget" not in page
    pressed = browser.post(
        f"/gifts/{reservation.rpartition('/')[2]}", {"action": "release"}, follow=True
    ).text
    assert "Reserve again" not in pressed
    assert "anary" not in pressed

"""One of these: taking one closes the others to new givers, and recipients do with the group as they please."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from tests.support.api_clients import Api, refused
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.queries.revisions import revision_of
from wishlists.services.lists.alternatives import group_item
from wishlists.services.lists.items import add_item
from wishlists.services.lists.people import share_wishlist
from wishlists.services.reserving import change_reservation
from wishlists.tests.factories import seen_by, take


@pytest.fixture
def pot(item: Item, wishlist: Wishlist, alice: User, dora: User) -> Item:
    """Instead of the kettle; two of it would do. Dora is let in too."""
    share_wishlist(wishlist=wishlist, by=alice, email=dora.email, role="viewer")
    made = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Pot", quantity=2)
    group_item(item=seen_by(alice, made), by=Viewer(user=alice), other=seen_by(alice, item))
    item.refresh_from_db()
    made.refresh_from_db()
    assert item.choice == made.choice is not None
    return made


def path(item: Item) -> str:
    return f"/wishlists/{item.wishlist_id}/items/{item.pk}"


def free(api: Api, item: Item) -> tuple[str, int | None]:
    row = api("GET", path(item)).json()
    return row["reservation_status"], row["units_free"]


def test_taking_one_closes_the_others(as_bob: Api, as_dora: Api, item: Item, pot: Item) -> None:
    assert as_bob("PATCH", path(pot), {"reservation_status": "reserved"}).status_code == 200
    assert free(as_dora, item) == ("reserved", 0)
    assert free(as_dora, pot) == ("available", 1)
    lost = as_dora("PATCH", path(item), {"reservation_status": "reserved"})
    assert refused(lost) == (409, "reservation_conflict")
    assert (lost.json()["current_item"]["units_free"], lost.json()["current_item"]["reserved_by_id"]) == (
        0,
        None,
    )
    assert refused(as_dora("POST", f"{path(item)}/reservations")) == (409, "reservation_conflict")
    assert refused(as_dora("PATCH", path(item), {"reservation_status": "available"})) == (403, "not_holder")
    assert as_dora("PATCH", path(pot), {"reservation_status": "purchased"}).status_code == 200


def test_giving_back_the_last_opens_them(as_bob: Api, as_dora: Api, item: Item, pot: Item) -> None:
    as_bob("PATCH", path(pot), {"reservation_status": "reserved"})
    as_dora("PATCH", path(pot), {"reservation_status": "reserved"})
    as_bob("PATCH", path(pot), {"reservation_status": "available"})
    assert free(as_bob, item) == ("reserved", 0)
    as_dora("PATCH", path(pot), {"reservation_status": "available"})
    assert free(as_bob, item) == ("available", 1)
    assert as_bob("PATCH", path(item), {"reservation_status": "reserved"}).status_code == 200
    assert free(as_bob, pot) == ("reserved", 0)


def test_an_unlimited_one_closes_too(as_bob: Api, as_dora: Api, as_alice: Api, item: Item, pot: Item) -> None:
    as_alice("PATCH", path(pot), {"quantity": None})
    as_bob("PATCH", path(item), {"reservation_status": "reserved"})
    assert free(as_dora, pot) == ("reserved", 0)


@pytest.mark.parametrize(
    ("policy", "seen"), [("surprise", "available"), ("status", "reserved"), ("open", "reserved")]
)
def test_what_recipients_see_of_it(
    policy: str, seen: str, as_alice: Api, as_bob: Api, item: Item, pot: Item
) -> None:
    """The grouping is theirs; whether it is closed follows the policy."""
    Wishlist.objects.filter(pk=item.wishlist_id).update(policy=policy)
    as_bob("PATCH", path(pot), {"reservation_status": "reserved"})
    row = as_alice("GET", path(item)).json()
    assert (row["reservation_status"], row["choice"]) == (seen, str(item.choice))


def test_whatever_is_taken_the_group_can_be_changed(
    as_alice: Api, as_bob: Api, as_dora: Api, bob: User, item: Item, pot: Item
) -> None:
    """Ungrouped and grouped again while both are taken: both stay with their givers, and neither gets more."""
    as_bob("PATCH", path(pot), {"reservation_status": "reserved"})
    loose = as_alice("PATCH", path(item), {"choice": None})
    assert (loose.status_code, loose.json()["choice"]) == (200, None)
    as_dora("PATCH", path(item), {"reservation_status": "reserved"})
    assert as_alice("PATCH", path(item), {"choice": str(pot.choice)}).status_code == 200
    assert free(as_dora, item) == ("reserved", 0)
    assert free(as_dora, pot) == ("reserved", 0)
    mine = as_bob("GET", "/reservations").json()[0]["id"]
    assert refused(as_bob("PATCH", f"/reservations/{mine}", {"units": 2})) == (409, "reservation_conflict")
    assert as_bob("PATCH", f"/reservations/{mine}", {"stage": "given"}).status_code == 200
    assert Reservation.objects.active().count() == 2


def test_removing_a_taken_one_leaves_the_choice_among_the_rest(
    as_alice: Api, as_bob: Api, as_dora: Api, item: Item, pot: Item
) -> None:
    as_bob("PATCH", path(pot), {"reservation_status": "reserved"})
    assert as_alice("DELETE", path(pot)).status_code == 204
    assert free(as_dora, item) == ("available", 1)


def test_the_same_answer_taken_or_not(as_alice: Api, as_bob: Api, item: Item, pot: Item) -> None:
    """What a recipient does to a group, in both worlds."""

    def answers() -> list[Any]:
        said = [
            as_alice("PATCH", path(item), {"choice": str(uuid4())}),
            as_alice("PATCH", path(item), {"choice": str(pot.choice), "quantity": 3}),
            as_alice("GET", f"/wishlists/{item.wishlist_id}/items"),
        ]
        undone = as_alice("PATCH", path(item), {"quantity": 1})
        rows = [
            row
            for answer in said
            for row in (answer.json() if type(answer.json()) is list else [answer.json()])
        ]
        return [undone.status_code, *(row | {"updated_at": None, "choice": None} for row in rows)]

    before = answers()
    as_bob("PATCH", path(pot), {"reservation_status": "reserved"})
    assert answers() == before


def test_only_editors_group(as_bob: Api, as_alice: Api, item: Item, pot: Item) -> None:
    assert refused(as_bob("PATCH", path(item), {"choice": None})) == (403, "editor_only")
    assert refused(as_alice("PATCH", path(item), {"choice": "kettles"})) == (400, "invalid_input")


def test_equal_words_on_two_lists_mean_nothing(as_alice: Api, as_bob: Api, item: Item, pot: Item) -> None:
    other = as_alice("POST", "/wishlists", {"title": "Other", "is_public": True}).json()["id"]
    twin = as_alice("POST", f"/wishlists/{other}/items", {"title": "Twin", "choice": str(item.choice)}).json()
    as_bob("PATCH", f"/items/{twin['id']}", {"reservation_status": "reserved"})
    assert free(as_bob, item) == ("available", 1)


@pytest.mark.parametrize("policy", ["surprise", "status", "open"])
def test_a_secret_one_closes_nothing_that_all_may_know(
    policy: str, as_alice: Api, as_bob: Api, as_dora: Api, item: Item, pot: Item
) -> None:
    """Else recipients and the public would see closed what nobody took, and conclude that there is something else."""
    items = f"/wishlists/{item.wishlist_id}/items"
    secret = {"title": "Hush", "choice": str(item.choice), "secret": True}
    first, second = (as_bob("POST", items, secret).json()["id"] for _ in range(2))
    Wishlist.objects.filter(pk=item.wishlist_id).update(policy=policy)
    before = [heads(item.wishlist), as_alice("GET", path(item)).json(), as_alice("GET", path(pot)).json()]
    assert as_bob("PATCH", f"{items}/{first}", {"reservation_status": "reserved"}).status_code == 200
    after = [heads(item.wishlist), as_alice("GET", path(item)).json(), as_alice("GET", path(pot)).json()]
    if policy != "open":
        assert after == before
    assert (free(as_dora, item), free(as_dora, pot)) == (("available", 1), ("available", 2))
    assert refused(as_dora("POST", f"{items}/{second}/reservations")) == (409, "reservation_conflict")
    assert as_dora("PATCH", path(pot), {"reservation_status": "reserved"}).status_code == 200


def heads(wishlist: Wishlist) -> list[str]:
    """How far recipients and the public were told something."""
    return [revision_of(wishlist.pk, audience) for audience in (Audience.RECIPIENT, Audience.PUBLIC)]


def test_a_third_joins_and_leaves(wishlist: Wishlist, alice: User, bob: User, item: Item, pot: Item) -> None:
    pan = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Pan")
    joined = group_item(item=seen_by(alice, pan), by=Viewer(user=alice), other=seen_by(alice, pot))
    assert joined.choice == pot.choice
    assert group_item(item=seen_by(alice, pan), by=Viewer(user=alice), other=None).choice is None


def test_more_of_what_one_holds_is_not_closed_by_oneself(bob: User, pot: Item, item: Item) -> None:
    mine = take(pot, bob)
    assert change_reservation(reservation=mine, by=Viewer(user=bob), units=2).units == 2

"""No settings peek (product.md): once somebody else may have given, an owner cannot loosen the secret for a look."""

from __future__ import annotations

import pytest

from tests.support.api_clients import Api


def sealed(api: Api, wishlist_id: str) -> bool:
    answer = api("PATCH", f"/wishlists/{wishlist_id}", {"policy": "open"})
    return answer.status_code == 409 and answer.json()["code"] == "secret_sealed"


@pytest.fixture
def mine(as_alice: Api) -> str:
    """A list of Alice's that nobody else was let in on."""
    return str(as_alice("POST", "/wishlists", {"title": "Wedding"}).json()["id"])


def test_a_list_of_ones_own_may_be_opened(as_alice: Api, mine: str) -> None:
    assert not sealed(as_alice, mine)


def test_a_public_list_counts_as_shared(as_alice: Api, as_charlie: Api, mine: str) -> None:
    """Whoever is signed in may reserve on a public list, without being let in and without a link."""
    as_alice("PATCH", f"/wishlists/{mine}", {"is_public": True})
    wish = as_alice("POST", f"/wishlists/{mine}/items", {"title": "Kettle"}).json()["id"]
    assert as_charlie("PATCH", f"/items/{wish}", {"reservation_status": "reserved"}).status_code == 200

    assert sealed(as_alice, mine)
    as_alice("PATCH", f"/wishlists/{mine}", {"is_public": False})
    assert sealed(as_alice, mine)


def test_a_list_that_was_public_from_the_start_counts_as_shared(as_alice: Api) -> None:
    made = as_alice("POST", "/wishlists", {"title": "Wedding", "is_public": True}).json()
    assert sealed(as_alice, made["id"])

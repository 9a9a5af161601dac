"""A list can be shared with somebody who has a handle and no e-mail address."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from accounts.services.people import register_user
from tests.support.api_clients import Api, refused
from wishlists.models import Wishlist

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia(settings: Any) -> User:
    settings.VERIFY_ADDRESSES = True
    return register_user(email="Mia7", password="correct horse battery", display_name="Mia")


def test_list_is_shared_by_handle(as_alice: Api, wishlist: Wishlist, mia: User) -> None:
    shared = as_alice("POST", f"/wishlists/{wishlist.pk}/shares", {"email": "MIA7", "role": "viewer"})
    assert (shared.status_code, shared.json()["user_id"]) == (201, str(mia.pk))
    unknown = as_alice("POST", f"/wishlists/{wishlist.pk}/shares", {"email": "mia8", "role": "viewer"})
    assert refused(unknown) == (404, "no_such_person")

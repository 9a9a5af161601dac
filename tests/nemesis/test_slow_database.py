"""What the server takes to look is not held against who asked."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.support.running.live import OpenSocket
from wishlists.models import Wishlist

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_who_said_who_they_are_is_not_told_that_nobody_did(
    connect: OpenSocket, wishlist: Wishlist, alice: User
) -> None:
    """A thousand who come back at once wait for each other. Who speaks last of them was closed with 4408 once."""
    link = PublicLink.objects.create(wishlist=wishlist, created_by=alice)
    speaks, says_nothing = connect(), connect()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{PublicLink._meta.db_table}" IN ACCESS EXCLUSIVE MODE')
        speaks.send("subscribe_public", public_token=link_token(link))
        assert says_nothing.next()["code"] == "not_identified"
    assert speaks.next()["event"] == "subscribed"
    assert speaks.is_silent()

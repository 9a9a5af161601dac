"""Time that the server spends on the database is not counted against the client."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.support.running.live import OpenSocket
from wishlists.models import Wishlist

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_client_that_identified_itself_is_not_closed_as_unidentified(
    connect: OpenSocket, wishlist: Wishlist, alice: User
) -> None:
    """A thousand clients that come back at once wait for each other. The last ones to identify themselves were once
    closed with 4408."""
    link = PublicLink.objects.create(wishlist=wishlist, created_by=alice)
    speaks, says_nothing = connect(), connect()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{PublicLink._meta.db_table}" IN ACCESS EXCLUSIVE MODE')
        speaks.send("subscribe_public", public_token=link_token(link))
        assert says_nothing.next()["code"] == "not_identified"
    assert speaks.next()["event"] == "subscribed"
    assert speaks.is_silent()

"""The revision as a column of a statement is the one that is read alone."""

from __future__ import annotations

import pytest

from realtime.log.streams import list_key
from realtime.models import Stream
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Audience
from wishlists.queries.revisions import revision_of, take_revision, with_revisions

pytestmark = pytest.mark.django_db


def columns(wishlist: Wishlist) -> dict[Audience, str]:
    row = with_revisions(Wishlist.objects.filter(pk=wishlist.pk), "pk", Audience).get()
    return {audience: take_revision(row, audience) for audience in Audience}


def alone(wishlist: Wishlist) -> dict[Audience, str]:
    return {audience: revision_of(wishlist.pk, audience) for audience in Audience}


def test_column_is_the_revision_of_each_audience(item: Item) -> None:
    Stream.objects.filter(key=list_key(item.wishlist_id, Audience.GIVER)).update(head=10**12)
    assert columns(item.wishlist) == alone(item.wishlist)
    assert len(set(alone(item.wishlist).values())) == len(Audience)


def test_stream_that_does_not_exist_yet_has_an_empty_revision(wishlist: Wishlist) -> None:
    Stream.objects.all().delete()
    assert columns(wishlist) == alone(wishlist) == dict.fromkeys(Audience, "")

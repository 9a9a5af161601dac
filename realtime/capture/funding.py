"""What chipping in means to each stream: how a collection stands, and what is in the pot. Only those who may see money hear."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings

from realtime.capture.facts import (
    CollectionChanged,
    CollectionEnded,
    CollectionFact,
    ItemChanged,
    ListFact,
    MessageAdded,
    PotChanged,
)
from realtime.capture.messages import talk_again
from realtime.log.streams import Body
from wishlists.access.audience import audiences_in_scope, sight_of
from wishlists.models import Collection, Contribution, Item, Wishlist
from wishlists.models.viewers import Audience, Scope
from wishlists.projections.money import project_collection_for, project_pot_for

MoneyFact = PotChanged | CollectionFact


def facts_of_contribution(contribution: Contribution) -> Iterable[ItemChanged | MoneyFact]:
    """Its item or pot, and whatever is collected there."""
    if contribution.item is not None:
        wishlist_id = contribution.item.wishlist_id
        yield ItemChanged(wishlist_id, contribution.item.pk, Scope.GIVING)
    else:
        assert contribution.pot_id is not None
        wishlist_id = contribution.pot_id
        yield PotChanged(wishlist_id)
    yield CollectionChanged(wishlist_id, contribution.item_id)


def facts_of_collection(collection: Collection, *, gone: bool) -> Iterable[ItemChanged | MoneyFact]:
    """Of one that ended everything is said here: nobody reads it any more. Its item or pot is told of
    too, where money for that is counted in another currency only while somebody collects."""
    item = collection.item
    if item is None and collection.currency != settings.DEFAULT_CURRENCY:
        yield PotChanged(collection.wishlist_id)
    elif item is not None and item.currency != collection.currency:
        yield ItemChanged(collection.wishlist_id, item.pk, Scope.GIVING)
    if gone or collection.ended_at is not None:
        yield CollectionEnded(collection.wishlist_id, collection.item_id, collection.pk)
    else:
        yield CollectionChanged(collection.wishlist_id, collection.item_id)


def there_again(item: Item) -> list[MessageAdded | CollectionChanged]:
    """Whoever got an item back forgot with it what was said of it, and what is collected for it."""
    return [*talk_again(item), CollectionChanged(item.wishlist_id, item.pk)]


def collected_by(users: list[UUID]) -> Iterable[CollectionChanged]:
    """What shows the names of these people."""
    theirs = Collection.objects.open().filter(organiser__in=users).order_by("pk")
    for wishlist_id, item_id in theirs.values_list("wishlist_id", "item_id"):
        yield CollectionChanged(wishlist_id, item_id)


def money_events(fact: ListFact, wishlist: Wishlist) -> Iterable[tuple[list[Audience], Body]]:
    """Events for the streams that may know, in the form of each."""
    told = audiences_in_scope(Scope.GIVING, wishlist)
    if isinstance(fact, CollectionEnded):
        knowing = [audience for audience in told if _knows_of(fact.item_id, audience, wishlist)]
        yield knowing, {"event": "collection_removed", "collection_id": fact.collection_id}
        return
    for audience in told:
        if isinstance(fact, PotChanged):
            yield [audience], {"event": "pot_updated", "pot": project_pot_for(wishlist, audience)}
        elif isinstance(fact, CollectionChanged):
            for shown in project_collection_for(fact.item_id, wishlist, audience):
                yield [audience], {"event": "collection_updated", "collection": shown}


def _knows_of(item_id: UUID | None, audience: Audience, wishlist: Wishlist) -> bool:
    """Of what is collected for a secret addition those alone hear who know that there is one."""
    if item_id is None or sight_of(audience, wishlist).sees_secrets:
        return True
    return not Item.objects.filter(pk=item_id, is_secret=True).exists()

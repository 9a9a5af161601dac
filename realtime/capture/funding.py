"""Note facts about money, and build their events: how a collection stands and what is in the pot. Only viewers who may
see money get them."""

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
    """Note the item or pot of the contribution, and the collection for it."""
    if contribution.item is not None:
        wishlist_id = contribution.item.wishlist_id
        yield ItemChanged(wishlist_id, contribution.item.pk, Scope.GIVING)
    else:
        assert contribution.pot_id is not None
        wishlist_id = contribution.pot_id
        yield PotChanged(wishlist_id)
    yield CollectionChanged(wishlist_id, contribution.item_id)


def facts_of_collection(collection: Collection, *, gone: bool) -> Iterable[ItemChanged | MoneyFact]:
    """Note a collection, with its item or pot: the money that counts there depends on the collection's currency.

    The fact of an ended collection holds everything that the event needs, because nothing is read later.
    """
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
    """Clients that get an item back had forgotten its messages and its collection: send the collection again."""
    return [*talk_again(item), CollectionChanged(item.wishlist_id, item.pk)]


def collected_by(users: list[UUID]) -> Iterable[CollectionChanged]:
    """Yield the open collections of these people, because collections show their organiser's name."""
    theirs = Collection.objects.open().filter(organiser__in=users).order_by("pk")
    for wishlist_id, item_id in theirs.values_list("wishlist_id", "item_id"):
        yield CollectionChanged(wishlist_id, item_id)


def money_events(fact: ListFact, wishlist: Wishlist) -> Iterable[tuple[list[Audience], Body]]:
    """Build the events for the streams that may see money, each in its own form."""
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
    """Only audiences that know of a secret addition learn of a collection for it."""
    if item_id is None or sight_of(audience, wishlist).sees_secrets:
        return True
    return not Item.objects.filter(pk=item_id, is_secret=True).exists()

"""Build the events of a change from its facts, for each stream, when the change closes.

All rows that the change touched are read here after its last write, in a few statements whatever their number, and
projected for each audience. Several facts about one item become one event: added and changed becomes added, removed
wins over both, and an item that was added and removed in one change gets no event.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any
from uuid import UUID

from accounts.models import Notification, User
from accounts.projections.people import notification, person
from jobs.models import Job
from jobs.projections.jobs import job_progress
from realtime.capture.facts import (
    AvatarChanged,
    CollectionFact,
    ItemAdded,
    ItemChanged,
    ItemFact,
    ItemRemoved,
    JobProgressed,
    ListChanged,
    ListFact,
    ListGone,
    MemberMoved,
    MessageFact,
    MessageRenamed,
    NameChanged,
    NotificationAdded,
    PotChanged,
    SightChanged,
    SuggestionAdded,
    SuggestionRemoved,
)
from realtime.capture.funding import collected_by, money_events
from realtime.capture.messages import message_events
from realtime.log.streams import Body, append, inbox_key, list_key, lock_streams
from sharing.models import Suggestion
from sharing.projections.links import project_suggestion
from wishlists.access.audience import audiences_in_scope, sight_of
from wishlists.models import Item, Member, Message, Reservation, Wishlist
from wishlists.models.viewers import Audience, Scope
from wishlists.projections.items import ItemFacts, project_item, read_held_items, read_items_by_id
from wishlists.projections.wishlists import project_wishlist
from wishlists.services.locking import ListHeld

INSIDERS = (Audience.RECIPIENT, Audience.GIVER)


def append_events(facts: Iterable[Hashable]) -> dict[str, int]:
    """Append the events of `facts` to their streams, and return the new heads of those streams."""
    facts = _with_items_of_renamed(facts)
    held = {fact.wishlist_id: fact.wishlist for fact in facts if isinstance(fact, ListHeld)}
    told = [fact for fact in facts if isinstance(fact, ItemFact | ListFact)]
    touched = {fact.wishlist_id for fact in told}
    # A change that wrote without the list's lock must read only after all changes that appended to these streams before
    # it.
    lock_streams([list_key(pk, audience) for pk in touched - held.keys() for audience in Audience])
    rewritten = {fact.wishlist_id for fact in told if isinstance(fact, ListFact)}
    known = {pk: held[pk] for pk in touched - rewritten if pk in held}
    builder = _EventBuilder(known | Wishlist.objects.in_bulk(touched - known.keys()))
    builder.build_lists(told, _items_now(told, held=held.keys() >= touched))
    builder.build_inboxes(facts)
    return append(builder.bodies, builder.renewed)


def _with_items_of_renamed(facts: Iterable[Hashable]) -> list[Hashable]:
    """A new name changes what the person holds, set aside as a recipient, wrote, or collects for: add those facts."""
    facts = list(facts)
    renamed = [fact.user_id for fact in facts if isinstance(fact, NameChanged)]
    if renamed:
        held = Reservation.objects.active().filter(user__in=renamed).values("item_id")
        items = Item.objects.live().filter(pk__in=held) | Item.objects.live().filter(marked_by__in=renamed)
        rows = items.order_by("pk").values_list("wishlist_id", "pk")
        facts += [ItemChanged(wishlist_id, pk, Scope.GIVING) for wishlist_id, pk in rows]
        said = Message.objects.live().filter(user__in=renamed).order_by("created_at", "pk")
        facts += [MessageRenamed(*row) for row in said.values_list("item__wishlist_id", "pk")]
        facts += collected_by(renamed)
    return facts


class _EventBuilder:
    """Build the events of one change, stream by stream, in the order in which the facts were first noted."""

    def __init__(self, wishlists: dict[UUID, Wishlist]) -> None:
        self.wishlists = wishlists
        self.people: dict[UUID, User] = {}
        self.bodies: defaultdict[str, list[Body]] = defaultdict(list)
        self.renewed: set[str] = set()

    def build_lists(self, facts: list[ItemFact | ListFact], items: _ItemsNow) -> None:
        """A list that is gone gets one event that says so. A stream with a new epoch gets no events: its clients take
        a snapshot."""
        moved = {fact.user_id for fact in facts if isinstance(fact, MemberMoved)}
        self.people = User.objects.in_bulk(moved) if moved else {}
        for fact in facts:
            if isinstance(fact, SightChanged):
                self.renewed.add(list_key(fact.wishlist_id, fact.audience))
        for fact in dict.fromkeys(map(_without_scope, facts)):
            wishlist = self.wishlists.get(fact.wishlist_id)
            there = wishlist is not None and wishlist.removed_at is None and wishlist.hidden_at is None
            if isinstance(fact, ListGone):
                self._to_list(fact.wishlist_id, Audience, {"event": "list_deleted"})
            elif wishlist is not None and there:
                self._build_list(fact, wishlist, items)
        for key in self.renewed:
            self.bodies.pop(key, None)

    def _build_list(self, fact: ItemFact | ListFact, wishlist: Wishlist, items: _ItemsNow) -> None:
        if isinstance(fact, ItemFact):
            self._build_item(fact.item_id, wishlist, items)
        elif isinstance(fact, ListChanged):
            self._to_list(
                wishlist.pk, Audience, {"event": "list_updated", "wishlist": project_wishlist(wishlist)}
            )
        elif isinstance(fact, MemberMoved):
            user = person(self.people[fact.user_id])
            self._to_list(wishlist.pk, INSIDERS, {"event": fact.event, "user": user})
        elif isinstance(fact, MessageFact):
            for told, body in message_events(fact, wishlist):
                self._to_list(wishlist.pk, told, body)
        elif isinstance(fact, PotChanged | CollectionFact):
            for told, body in money_events(fact, wishlist):
                self._to_list(wishlist.pk, told, body)

    def _build_item(self, item_id: UUID, wishlist: Wishlist, items: _ItemsNow) -> None:
        event, told, row = items.event_of(item_id, wishlist)
        if event == "item_removed":
            self._to_list(wishlist.pk, told, {"event": event, "item_id": item_id})
        elif row is not None:
            for audience in told:
                shown = project_item(row, wishlist, sight_of(audience, wishlist))
                self._to_list(wishlist.pk, [audience], {"event": event, "item": shown})

    def _to_list(self, wishlist_id: UUID, audiences: Iterable[Audience], body: Body) -> None:
        for audience in audiences:
            self.bodies[list_key(wishlist_id, audience)].append(body | {"wishlist_id": wishlist_id})

    def build_inboxes(self, facts: Iterable[Hashable]) -> None:
        """Build the events that go to a person's inbox, whatever list they are about."""
        facts = list(facts)
        added = [fact.notification_id for fact in facts if isinstance(fact, NotificationAdded)]
        notices = Notification.objects.in_bulk(added) if added else {}
        for fact in facts:
            if isinstance(fact, NotificationAdded):
                self._to_inbox(notices.get(fact.notification_id))
                continue
            build = _INBOX_BUILDERS.get(type(fact))
            for user_id, body in build(fact) if build else ():
                self.bodies[inbox_key(user_id)].append(body | {"stream": "inbox"})

    def _to_inbox(self, row: Notification | None) -> None:
        if row is not None:
            told = {"event": "notification", "notification": notification(row), "stream": "inbox"}
            self.bodies[inbox_key(row.user_id)].append(told)


class _ItemsNow:
    """The items that a change noted, with their facts and their rows after the change."""

    def __init__(self) -> None:
        self.said: defaultdict[UUID, set[type[ItemFact] | Scope]] = defaultdict(set)
        self.rows: dict[UUID, ItemFacts] = {}

    def event_of(self, item_id: UUID, wishlist: Wishlist) -> tuple[str, list[Audience], ItemFacts | None]:
        """Return one event for all facts about the item, for audiences that may know of it. The row is None if the
        item is gone, or if nobody could see it."""
        said, row = self.said[item_id], self.rows.get(item_id)
        knowing = list(Audience) if row is None else audiences_knowing(row, wishlist)
        if row is not None and row.row["removed_at"] is not None:
            row = None
        if ItemRemoved in said and row is None:
            return "item_removed", [] if ItemAdded in said else knowing, None
        if ItemAdded in said or ItemRemoved in said:
            return "item_added", knowing, row
        told = {
            audience
            for scope in said
            if isinstance(scope, Scope)
            for audience in audiences_in_scope(scope, wishlist)
        }
        return "item_updated", [audience for audience in knowing if audience in told], row


def audiences_knowing(facts: ItemFacts, wishlist: Wishlist) -> list[Audience]:
    """Return the audiences that know of the item: none for a draft, and for a secret addition only those whose sight
    includes it."""
    if facts.row["draft_of_id"] is not None:
        return []
    secret = facts.row["is_secret"]
    return [one for one in Audience if not secret or sight_of(one, wishlist).sees_secrets]


def _items_now(facts: Iterable[ItemFact | ListFact], *, held: bool) -> _ItemsNow:
    """Read the items in one statement, however many there are. If the locked rows were read after the last write, use
    those."""
    items = _ItemsNow()
    for fact in facts:
        if isinstance(fact, ItemFact):
            items.said[fact.item_id].add(fact.scope if isinstance(fact, ItemChanged) else type(fact))
    if items.said:
        ids = items.said.keys()
        found = read_held_items(ids) if held else read_items_by_id(ids)
        items.rows = {row.id: row for row in found}
    return items


def _without_scope(fact: ItemFact | ListFact) -> ItemFact | ListFact:
    return ItemFact(fact.wishlist_id, fact.item_id) if isinstance(fact, ItemFact) else fact


Inboxes = Iterable[tuple[UUID, Body]]


def _suggestion(fact: SuggestionAdded) -> Inboxes:
    for row in Suggestion.objects.filter(pk=fact.suggestion_id).select_related("wishlist"):
        shown = {"wishlist_id": row.wishlist_id, "suggestion": project_suggestion(row)}
        yield row.wishlist.owner_id, {"event": "suggestion_added"} | shown


def _no_suggestion(fact: SuggestionRemoved) -> Inboxes:
    for owner_id in Wishlist.objects.filter(pk=fact.wishlist_id).values_list("owner_id", flat=True):
        shown = {"wishlist_id": fact.wishlist_id, "suggestion_id": fact.suggestion_id}
        yield owner_id, {"event": "suggestion_removed"} | shown


def _job(fact: JobProgressed) -> Inboxes:
    for row in Job.objects.filter(pk=fact.job_id):
        yield row.user_id, {"event": "job_progress"} | job_progress(row)


def _avatar(fact: AvatarChanged) -> Inboxes:
    """Tell people who share a list with this person, and the person's own other windows."""
    user = User.objects.get(pk=fact.user_id)
    lists = (
        Member.objects.live().filter(user=user, wishlist__in=Wishlist.objects.live()).values("wishlist_id")
    )
    others = Member.objects.live().filter(wishlist__in=lists).values_list("user_id", flat=True)
    body = {"event": "avatar_changed", "user_id": user.pk, "avatar_url": user.avatar_url or None}
    return [(user_id, body) for user_id in sorted({user.pk, *others})]


_INBOX_BUILDERS: dict[type, Callable[[Any], Inboxes]] = {
    SuggestionAdded: _suggestion,
    SuggestionRemoved: _no_suggestion,
    AvatarChanged: _avatar,
    JobProgressed: _job,
}

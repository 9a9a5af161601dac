"""Lists for people without an account: a baby, a grandmother. They see nothing, so nothing is hidden from them.

Once an account is linked to such a person, it becomes a recipient, and giving is hidden from it from that moment
(docs/adr/0007-new-recipients-keep-what-they-bought.md). So people are locked before lists, everywhere: a list either gets
the person before the account is linked, and the link finds it, or it gets the account.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from accounts.models import User
from core.db.change import change, hold, lock, note
from core.text.text_cutting import cut
from people.models import MAX_NAME, Person
from people.services.people import lock_people
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import PersonRecipient, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import SharedListIsOpen
from wishlists.services.lists.lists import edit_wishlist, start_wishlist
from wishlists.services.lists.people import let_in_recipient
from wishlists.services.locking import ListHeld, lock_wishlist_as


@change()
def start_wishlist_for(*, owner: User, person_ids: Collection[UUID], **fields: Any) -> Viewpoint:
    """Create a list for these of the owner's people. Unless the owner says otherwise, it is not for the owner."""
    if not person_ids:
        return start_wishlist(owner=owner, **fields)
    lock_people(owner, person_ids)
    made = start_wishlist(owner=owner, **{"for_someone_else": True, **fields})
    set_recipient_people(wishlist=made.wishlist, by=owner, person_ids=person_ids)
    return lock_wishlist_as(made.viewer, made.wishlist)


@change()
def set_recipient_people(*, wishlist: Wishlist, by: User, person_ids: Collection[UUID]) -> Wishlist:
    """Make exactly these of the owner's people recipients of the list, by name. Those with an account join it.

    Call it before the list is locked in this transaction, or lock the people before (`lock_people`).
    """
    people = lock_people(by, person_ids)
    current = lock_wishlist_as(Viewer(user=by), wishlist).require_owner().wishlist
    if current.is_shared and people:
        raise SharedListIsOpen
    before = _people_of(current)
    without = [person for person in people if person.user_id is None]
    kept = {person.pk for person in before}
    current.person_recipients.exclude(person__in=without).delete()
    PersonRecipient.objects.bulk_create(
        PersonRecipient(wishlist=current, person=person) for person in without if person.pk not in kept
    )
    for person in people:
        if person.user is not None:
            let_in_recipient(wishlist=current, person=person.user, by=by)
    return _renamed(current, by, before=before, after=without)


@change()
def link_recipient(*, person: Person, by: User) -> None:
    """Make the account of `person`, who is locked, a recipient of each list that was for this person."""
    assert person.user is not None
    for wishlist in _lists_for(person, by):
        before = _people_of(wishlist)
        wishlist.person_recipients.filter(person=person).delete()
        let_in_recipient(wishlist=wishlist, person=person.user, by=by)
        _renamed(wishlist, by, before=before, after=[one for one in before if one.pk != person.pk])


@change()
def rename_recipient(*, person: Person, old: str, by: User) -> None:
    """Write the new name on the lists for this person, unless their owner wrote another name there."""
    for wishlist in _lists_for(person, by):
        after = _people_of(wishlist)
        names = [old if one.pk == person.pk else one.name for one in after]
        if wishlist.recipient_name == _joined(names):
            edit_wishlist(wishlist=wishlist, by=by, recipient_name=_joined([one.name for one in after]))


def _renamed(wishlist: Wishlist, by: User, *, before: list[Person], after: list[Person]) -> Wishlist:
    """Write the names on the list. A name that its owner wrote there stays, unless the people change."""
    old, new = _names(before), _names(after)
    if old == new:
        return wishlist
    return edit_wishlist(wishlist=wishlist, by=by, recipient_name=_joined(new))


def _lists_for(person: Person, owner: User) -> Iterator[Wishlist]:
    """Yield the lists for this person, locked, also those that a moderator has hidden: they may be shown again."""
    lists = Wishlist.objects.filter(person_recipients__person=person, owner=owner, removed_at=None)
    for wishlist in list(lock(lists.order_by("pk"))):
        note(ListHeld(wishlist.pk, wishlist))
        yield hold(wishlist)


def _people_of(wishlist: Wishlist) -> list[Person]:
    places = wishlist.person_recipients.select_related("person").order_by("created_at", "pk")
    return [place.person for place in places]


def _names(people: list[Person]) -> list[str]:
    return [person.name for person in people]


def _joined(names: list[str]) -> str:
    return cut(", ".join(names), MAX_NAME)

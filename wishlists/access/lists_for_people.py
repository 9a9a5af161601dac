"""Find the lists for somebody's people, for the app of people, which is below this one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from accounts.models import User
from people.access.known_lists import KnownList, register_lists_of_people
from people.models import Person
from wishlists.models import Member, PersonRecipient
from wishlists.models.lists import list_visible_to


@register_lists_of_people
def lists_for_people(user: User, people: Collection[Person]) -> dict[UUID, list[KnownList]]:
    """Return the lists that `user` may open, by the person who is their recipient, with an account or without."""
    visible = list_visible_to(user, "wishlist__")
    found: defaultdict[UUID, list[KnownList]] = defaultdict(list)
    without = PersonRecipient.objects.filter(visible, person__in=people).order_by("created_at", "pk")
    for person_id, pk, title in without.values_list("person_id", "wishlist_id", "wishlist__title"):
        found[person_id].append(KnownList(pk, title))
    linked = {person.pk: person.user_id for person in people if person.user_id is not None}
    if not linked:
        return found
    places = (
        Member.objects.recipients().filter(visible, user__in=linked.values()).order_by("created_at", "pk")
    )
    of_account: defaultdict[UUID, list[KnownList]] = defaultdict(list)
    for user_id, pk, title in places.values_list("user_id", "wishlist_id", "wishlist__title"):
        of_account[user_id].append(KnownList(pk, title))
    for person_id, user_id in linked.items():
        found[person_id] += of_account[user_id]
    return found

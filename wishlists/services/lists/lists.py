"""Create, change, sort and withdraw lists."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from core.db.change import change, lock
from wishlists.access.former_givers import readers_among
from wishlists.access.presets import PRESETS
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Contribution, Member, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.projections.rows import Row
from wishlists.projections.sights import GIVERS
from wishlists.projections.wishlists import DELETE_IMPACT
from wishlists.refusals import SharedListIsOpen
from wishlists.services.activity import record
from wishlists.services.lists.settings_changes import refuse_peek, with_reveal_date
from wishlists.services.locking import lock_wishlist, lock_wishlist_as
from wishlists.services.money.contributing import free_pledges
from wishlists.services.notices.audience_notices import tell_who_sees_changed
from wishlists.services.notices.deletion_notices import tell_deleted

EDITORS_FIELDS = frozenset({"title", "description", "due_date"})
SAID_TO_GIVERS = frozenset({"policy", "names_shown", "reveal_at", "recipient_name", "guests_identify"})
"""A page shows sentences that depend on these fields before somebody gives. People who gave are notified when they
change.
"""


def create_wishlist(*, owner: User, preset: str | None = None, **fields: Any) -> Wishlist:
    return start_wishlist(owner=owner, preset=preset, **fields).wishlist


@change()
def start_wishlist(*, owner: User, preset: str | None = None, **fields: Any) -> Viewpoint:
    """Create a list of `owner`, who is its recipient unless it is kept `for_someone_else`. Fields override the preset.

    A shared list always has the settings that make it one, whatever else is wanted.
    """
    if fields.get("kind") == Wishlist.Kind.SHARED:
        preset = "shared"
    wanted = (PRESETS[preset].settings if preset else {}) | fields
    is_shared = wanted.get("kind") == Wishlist.Kind.SHARED
    if is_shared and wanted["policy"] != Wishlist.Policy.OPEN:
        raise SharedListIsOpen
    is_recipient = not wanted.pop("for_someone_else", False) and not is_shared
    made = Wishlist(owner=owner, tenant=owner.tenant, updated_at=timezone.now())
    for name, value in with_reveal_date(made, wanted).items():
        setattr(made, name, value)
    made.save(force_insert=True)
    Member.objects.create(wishlist=made, user=owner, role=Member.Role.OWNER, is_recipient=is_recipient)
    viewpoint = Viewpoint(Viewer(user=owner), made, role=Member.Role.OWNER, is_recipient=is_recipient)
    record(wishlist=made, kind="list_created", by=viewpoint.viewer)
    if made.is_public:
        mark_shared(wishlist=made)
    return viewpoint


@change()
def edit_wishlist(*, wishlist: Wishlist, by: User, **fields: Any) -> Wishlist:
    """Change the fields that differ. Editors may change texts and date, only the owner may change settings."""
    viewpoint = lock_wishlist_as(Viewer(user=by), wishlist).require_editor()
    if not EDITORS_FIELDS.issuperset(fields):
        viewpoint.require_owner()
    current = viewpoint.wishlist
    changed = _differing(current, with_reveal_date(current, _differing(current, fields)))
    refuse_peek(current, changed)
    if not changed:
        return current
    is_told = current.shared_at is not None and bool(changed.keys() & SAID_TO_GIVERS)
    for name, new in changed.items():
        setattr(current, name, new)
    if changed.keys() - {"sort_order"}:
        current.updated_at = timezone.now()
    current.save(update_fields=[*changed, "updated_at"])
    record(wishlist=current, kind="list_changed", by=Viewer(user=by), fields=sorted(changed))
    if changed.get("is_public"):
        mark_shared(wishlist=current)
    if is_told:
        tell_who_sees_changed(wishlist=current, by=by)
    return current


def _differing(wishlist: Wishlist, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: new for name, new in fields.items() if getattr(wishlist, name) != new}


@change()
def reorder_wishlists(*, owner: User, order: dict[UUID, int]) -> None:
    """Set `sort_order` of own lists. Ids of other people's lists are ignored."""
    for wishlist in lock(Wishlist.objects.owned_by(owner).filter(pk__in=order).order_by("pk")):
        if wishlist.sort_order != order[wishlist.pk]:
            wishlist.sort_order = order[wishlist.pk]
            wishlist.save(update_fields=["sort_order"])


@change()
def remove_wishlist(*, wishlist: Wishlist, by: User) -> Wishlist:
    """Withdraw a list. Its people are notified. What givers reserved and paid stays in My gifts, and pledges are freed."""
    current = lock_wishlist_as(Viewer(user=by), wishlist).require_owner().wishlist
    tell_deleted(wishlist=current, by=by)
    # People who lost access are not told that the list is gone, and My gifts must not show it to them either.
    readers = Q(user=None) | Q(user__in=readers_among(User.objects.all(), current))
    theirs = Contribution.objects.on(current).filter(readers)
    current.removed_at = timezone.now()
    current.save(update_fields=["removed_at"])
    record(wishlist=current, kind="list_removed", by=Viewer(user=by))
    free_pledges(theirs)
    # Everybody who can read the list may know that it and its pledges are gone.
    Contribution.objects.filter(pk__in=theirs.values("pk"), freed_unseen=True).update(freed_unseen=False)
    return current


def delete_impact(*, viewpoint: Viewpoint) -> Row:
    """Return how many people would lose the list, and how many contributed: 0 if the viewer may not see giving."""
    wishlist = viewpoint.require_owner().wishlist
    people = wishlist.members.live().exclude(role=Member.Role.OWNER).count()
    contributors = 0
    if viewpoint.sight in GIVERS:
        standing = Contribution.objects.standing().on(wishlist).filter(item__removed_at=None)
        contributors = standing.values("user", "guest").distinct().count()
    return DELETE_IMPACT.project(
        None, viewpoint.sight, shared_with_count=people, contributors_count=contributors
    )


@change()
def mark_shared(*, wishlist: Wishlist) -> None:
    """Record that somebody else may give here. From now on, settings can't show recipients more. Nobody sees this, so
    nobody is notified.
    """
    current = lock_wishlist(wishlist)
    if current.shared_at is None:
        current.shared_at = timezone.now()
        current.save(update_fields=["shared_at"])

"""Suggest wishes to the owner, who accepts or declines them. Suggestions are not secret."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.projections.notice_kinds import Group, declare_kind
from accounts.projections.notice_payloads import declare_payload
from accounts.services.inbox import notify
from core.db.change import change, lock
from core.limits.rate_limits import (
    SUGGESTIONS_A_LINK,
    SUGGESTIONS_A_PERSON,
    SUGGESTIONS_A_VISITOR,
    refuse_beyond,
)
from sharing.models import Suggestion
from sharing.refusals import SuggestionDecided, SuggestionsFull, SuggestionsOff
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.activity import record
from wishlists.services.lists.items import put_on_list
from wishlists.services.locking import lock_wishlist_as

MAX_PENDING = 200
"""The most pending suggestions of a list: anybody with the link can suggest, and the owner has to read them all."""

declare_payload("wishlist_suggestion", "list_title", "wishlist_id")
declare_payload("suggestion_accepted", "item_title", "list_title")
declare_kind("wishlist_suggestion", _lazy("Somebody suggests a wish for your list"), Group.LISTS)
declare_kind("suggestion_accepted", _lazy("Your suggestion is added to a list"), Group.LISTS)


@change()
def suggest_item(
    *, wishlist: Wishlist, by: Viewer, title: str, link_url: str = "", message: str = "", visitor: str = ""
) -> Suggestion:
    """Suggest a wish to the owner, if the list takes suggestions.

    People without an account remain anonymous. Each of them is limited by `visitor`, a digest of their address, and all
    of them together by the link.
    """
    if by.user is not None:
        refuse_beyond(SUGGESTIONS_A_PERSON, by.user.pk)
    elif visitor:
        refuse_beyond(SUGGESTIONS_A_VISITOR, visitor)
        refuse_beyond(SUGGESTIONS_A_LINK, wishlist.pk)
    viewpoint = lock_wishlist_as(by, wishlist)
    if not viewpoint.may_suggest:
        raise SuggestionsOff
    current = viewpoint.wishlist
    if current.suggestions.pending().count() >= MAX_PENDING:
        raise SuggestionsFull
    made = Suggestion.objects.create(
        wishlist=current, suggested_by=by.user, title=title, link_url=link_url, message=message
    )
    # Leave out the guest: people become guests by giving, and every moderator can read this row.
    record(wishlist=current, kind="suggestion_added", by=Viewer(user=by.user), suggestion=str(made.pk))
    if by.user is None or by.user.pk != current.owner_id:
        notify(
            users=[current.owner],
            kind="wishlist_suggestion",
            title=_("New suggestion for “%(list)s”") % {"list": current.title},
            body=title,
            payload={"list_title": current.title, "wishlist_id": str(current.pk)},
        )
    return made


@change()
def accept_suggestion(*, suggestion: Suggestion, by: User) -> Item:
    """Add the suggestion to the list as an item by the person who suggested it, and notify them."""
    current = _decide(suggestion, Suggestion.Status.ACCEPTED, by=by)
    suggester = current.suggested_by
    item = put_on_list(
        wishlist=suggestion.wishlist,
        by=Viewer(user=suggester or by),
        title=current.title,
        link_url=current.link_url,
        contributed_by=suggester,
    )
    if suggester is not None and suggester.pk != by.pk:
        names = {"item": current.title, "list": suggestion.wishlist.title}
        notify(
            users=[suggester],
            kind="suggestion_accepted",
            title=_("Your suggestion “%(item)s” is now on “%(list)s”") % names,
            payload={"item_title": names["item"], "list_title": names["list"]},
        )
    return item


@change()
def reject_suggestion(*, suggestion: Suggestion, by: User) -> Suggestion:
    """Decline the suggestion. Nobody is notified."""
    return _decide(suggestion, Suggestion.Status.REJECTED, by=by)


@change()
def moderate_suggestion(*, suggestion: Suggestion, by: User) -> Suggestion:
    """Decline the suggestion for a moderator. The list may be hidden or removed."""
    lock(Wishlist.objects.filter(pk=suggestion.wishlist_id)).get()
    return _set_status(suggestion, Suggestion.Status.REJECTED, kind="moderation_suggestion_rejected", by=by)


def _decide(suggestion: Suggestion, status: Suggestion.Status, *, by: User) -> Suggestion:
    """Set the status once, under the lock of the list."""
    suggestion.wishlist = lock_wishlist_as(Viewer(user=by), suggestion.wishlist).require_owner().wishlist
    return _set_status(suggestion, status, kind=f"suggestion_{status}", by=by)


def _set_status(suggestion: Suggestion, status: Suggestion.Status, *, kind: str, by: User) -> Suggestion:
    current = lock(Suggestion.objects.filter(pk=suggestion.pk)).get()
    if current.status != Suggestion.Status.PENDING:
        raise SuggestionDecided
    current.status = status
    current.save(update_fields=["status"])
    record(wishlist=suggestion.wishlist, kind=kind, by=Viewer(user=by), suggestion=str(current.pk))
    return current

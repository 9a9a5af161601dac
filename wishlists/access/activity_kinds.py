"""What each kind of row in the log of a list is about, and who reads it. The one place where that is decided.

A kind that is not named here is about giving: givers read it, and recipients do not before the secret ends. So a new kind
is hidden until somebody thinks about it. The kind decides at each reading, for rows of older versions too: what a row said
as it was written cannot be changed any more.
"""

from __future__ import annotations

from django.db.models import Q

from wishlists.models import Activity, Item

Circle = Activity.Circle

FOR_EVERYONE = frozenset(
    {
        "item_added", "item_changed", "item_deleted", "item_restored",
        "item_set_aside", "item_received", "item_mark_undone",
        "list_created", "list_changed", "list_removed", "list_revealed",
        "recipients_changed", "member_joined", "member_role_changed", "member_removed", "member_left",
        "link_created", "link_changed", "link_revoked",
        "suggestion_added", "suggestion_accepted", "suggestion_rejected",
    }
)  # fmt: skip
"""Changes of the list, its items and its people. All members read them."""

FOR_MODERATORS = frozenset(
    {
        "moderation_list_hidden", "moderation_list_shown", "moderation_item_removed", "moderation_item_changed",
        "moderation_link_revoked", "moderation_suggestion_rejected",
        "denied_owner_only", "denied_editor_only", "denied_secret_sealed",
    }
)  # fmt: skip
"""What moderators do and what was refused, of which nothing is about giving. Read in the admin alone."""

MODERATORS_ON_GIVING = frozenset(
    {
        "moderation_giving_opened", "moderation_giving_refused",
        "moderation_reservation_released", "moderation_message_removed",
    }
)  # fmt: skip
"""What moderators do about giving. Other moderators read it in the admin, unless they are recipients of the list."""

TOLD_TO_GIVERS = frozenset({"moderation_giving_opened", "moderation_giving_refused"})
"""Those of them that givers read in the log of the list: which moderator looked at what they do, or wanted to."""

NOT_BY_GIVERS = MODERATORS_ON_GIVING | {"thanks_sent"}
"""Other kinds whose actor gives nothing. Their name is shown also where a list hides the names of givers."""

NOT_GIVING = FOR_EVERYONE | FOR_MODERATORS


def circle_of(kind: str, item: Item | None) -> Activity.Circle:
    """Where a new row is kept. A row about an item that only givers see is theirs, whatever its kind."""
    if kind.startswith(("moderation_", "denied_")) and kind != "denied_not_holder":
        return Circle.MODERATORS
    if kind in FOR_EVERYONE and not (item is not None and item.is_secret):
        return Circle.EVERYONE
    return Circle.GIVERS


def about_giving() -> Q:
    """Rows that recipients do not read before the secret ends, and moderators not before they opened the list."""
    return ~Q(kind__in=NOT_GIVING) | Q(item__is_secret=True)


def read_by_everyone() -> Q:
    return Q(circle=Circle.EVERYONE) & Q(kind__in=FOR_EVERYONE)


def read_with_full_sight() -> Q:
    """By givers, and by recipients once there is no secret from them."""
    return Q(circle__in=[Circle.EVERYONE, Circle.GIVERS])


def read_by_givers() -> Q:
    """By those from whom nothing was ever a secret: who looked is their business, not that of recipients."""
    return read_with_full_sight() | Q(kind__in=TOLD_TO_GIVERS)

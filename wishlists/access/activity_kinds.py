"""Which kinds of activity are about giving, and which audience may read each kind. Nothing else decides this.

A kind that is not listed here counts as giving: givers read it, and recipients don't until the reveal. So a new kind is
hidden by default. The rule is applied at each reading, also to rows that older versions wrote, because rows are never
changed.
"""

from __future__ import annotations

from django.db.models import Q

from wishlists.models import Activity, Item

Circle = Activity.Circle

FOR_EVERYONE = frozenset(
    {
        "item_added", "item_changed", "item_deleted", "item_restored",
        "item_set_aside", "item_received", "item_mark_undone",
        "list_created", "list_changed", "list_removed", "list_revealed", "list_handed_over",
        "recipients_changed", "member_joined", "member_role_changed", "member_removed", "member_left",
        "group_added", "group_role_changed", "group_removed",
        "person_invited", "invitation_accepted", "invitations_revoked",
        "link_created", "link_changed", "link_revoked",
        "suggestion_added", "suggestion_accepted", "suggestion_rejected",
    }
)  # fmt: skip
"""Changes to the list, its items and its people. All members read them."""

FOR_MODERATORS = frozenset(
    {
        "moderation_list_hidden", "moderation_list_shown", "moderation_item_removed", "moderation_item_changed",
        "moderation_item_restored",
        "moderation_link_revoked", "moderation_suggestion_rejected",
        "denied_owner_only", "denied_editor_only", "denied_secret_sealed",
    }
)  # fmt: skip
"""Acts of moderators and refused requests that say nothing about giving. Only moderators read them, in the admin."""

MODERATORS_ON_GIVING = frozenset(
    {
        "moderation_giving_opened", "moderation_giving_refused",
        "moderation_reservation_released", "moderation_message_removed", "moderation_message_restored",
    }
)  # fmt: skip
"""Acts of moderators about giving. Other moderators read them in the admin, unless they are recipients of the list."""

TOLD_TO_GIVERS = frozenset({"moderation_giving_opened", "moderation_giving_refused"})
"""The kinds of `MODERATORS_ON_GIVING` that givers read in the list's log: which moderator looked at giving, or tried
to.
"""

NOT_BY_GIVERS = MODERATORS_ON_GIVING | {"thanks_sent"}
"""Kinds that are hidden like giving but whose actor is not a giver. The actor is named even if the list hides givers'
names.
"""

NOT_GIVING = FOR_EVERYONE | FOR_MODERATORS


def circle_of(kind: str, item: Item | None) -> Activity.Circle:
    """Return the circle in which a new row is stored. A row about a secret item goes to givers, whatever its kind."""
    if kind.startswith(("moderation_", "denied_")) and kind != "denied_not_holder":
        return Circle.MODERATORS
    if kind in FOR_EVERYONE and not (item is not None and item.is_secret):
        return Circle.EVERYONE
    return Circle.GIVERS


def about_giving() -> Q:
    """Match rows about giving. Recipients can't read them before the reveal, and moderators can't before they open the
    list.
    """
    return ~Q(kind__in=NOT_GIVING) | Q(item__is_secret=True)


def read_by_everyone() -> Q:
    return Q(circle=Circle.EVERYONE) & Q(kind__in=FOR_EVERYONE)


def read_with_full_sight() -> Q:
    """Match rows for viewers with full sight: givers, and recipients after the reveal."""
    return Q(circle__in=[Circle.EVERYONE, Circle.GIVERS])


def read_by_givers() -> Q:
    """Match rows for givers. Unlike recipients after the reveal, they also read which moderators looked at giving."""
    return read_with_full_sight() | Q(kind__in=TOLD_TO_GIVERS)

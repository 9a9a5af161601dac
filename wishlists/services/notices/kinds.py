"""The kinds of notifications of this app, as people choose how to be told of them (docs/notifications.md)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.projections.notice_kinds import Email, Group, declare_kind

declare_kind("wishlist_shared", _("Somebody shares a list with you"), Group.LISTS, email=Email.AT_ONCE)
declare_kind("invitation_accepted", _("Somebody accepts your invitation"), Group.LISTS)
declare_kind("made_recipient", _("A list is now for you too"), Group.LISTS, email=Email.AT_ONCE)
declare_kind("wishlist_revealed", _("The gifts of a list are revealed"), Group.LISTS, email=Email.AT_ONCE)
declare_kind("wishlist_deleted", _("A list is deleted"), Group.LISTS)

declare_kind("item_changed", _("A wish that you reserved is changed"), Group.GIVING)
declare_kind("item_removed", _("A wish that you reserved is removed"), Group.GIVING, email=Email.AT_ONCE)
declare_kind("item_restored", _("A wish that you reserved is back on its list"), Group.GIVING)
declare_kind("item_set_aside", _("Recipients get something themselves that you reserved"), Group.GIVING)
declare_kind("item_received", _("Recipients already have something that you reserved"), Group.GIVING)
declare_kind("item_mark_undone", _("A wish that you reserved is wished for again"), Group.GIVING)
declare_kind(
    "item_offered", _("Something that you wait for is held for you"), Group.GIVING, email=Email.AT_ONCE
)
declare_kind("reservation_nudged", _("A reservation of yours ends soon"), Group.GIVING, email=Email.AT_ONCE)
declare_kind("reservation_lapsed", _("A reservation of yours has ended"), Group.GIVING, email=Email.AT_ONCE)
declare_kind(
    "recipients_changed", _("A list where you give gets a new recipient"), Group.GIVING, is_required=True
)
declare_kind("who_sees_changed", _("Other people can see what you give"), Group.GIVING, is_required=True)
declare_kind("giving_opened", _("A moderator looks at who gives what"), Group.GIVING, is_required=True)
declare_kind(
    "giving_opening_refused", _("A moderator tried to look at who gives what"), Group.GIVING, is_required=True
)

declare_kind(
    "checked_out",
    _("You mark several gifts as bought"),
    Group.GIVING,
    email=Email.AT_ONCE,
    is_receipt=True,
)

declare_kind("refund_paid", _("Something that you paid for is removed"), Group.MONEY, email=Email.AT_ONCE)
declare_kind("item_removed_pledged", _("Something that you pledged money for is removed"), Group.MONEY)
declare_kind("collection_handed_over", _("You become the organiser of a group gift"), Group.MONEY)
declare_kind("collection_reached", _("A group gift is fully funded"), Group.MONEY)
declare_kind("collection_missed", _("A group gift didn't reach its target"), Group.MONEY, email=Email.AT_ONCE)
declare_kind("collection_ended", _("A group gift ends"), Group.MONEY)

declare_kind("question_asked", _("Somebody asks about a wish"), Group.MESSAGES)
declare_kind("question_answered", _("Your question is answered"), Group.MESSAGES)
declare_kind("thanks", _("Somebody thanks you"), Group.MESSAGES, email=Email.AT_ONCE)

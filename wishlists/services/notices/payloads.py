"""The kinds of notifications of this app whose payload says something, and its keys. Part of the API (docs/contract.md)."""

from __future__ import annotations

from accounts.projections.notice_payloads import declare_payload

_ITEM = ("item_title", "list_title")
_LIST = ("list_title", "wishlist_id")
_COLLECTION = ("collection_id", "wishlist_id", *_ITEM)

declare_payload("item_changed", *_ITEM, "fields", "changes")
declare_payload("item_removed", *_ITEM)
declare_payload("item_removed_pledged", *_ITEM)
declare_payload("item_restored", *_ITEM)
declare_payload("item_set_aside", *_ITEM)
declare_payload("item_received", *_ITEM)
declare_payload("item_mark_undone", *_ITEM)
declare_payload("item_offered", *_ITEM, "wishlist_id", "item_id", "lapses_at")
declare_payload("reservation_lapsed", *_ITEM)
declare_payload("reservation_nudged", *_ITEM, "lapses_at")
declare_payload("refund_paid", *_ITEM, "amount", "currency")

declare_payload("collection_handed_over", *_COLLECTION)
declare_payload("collection_ended", *_COLLECTION)
declare_payload("collection_reached", *_COLLECTION, "total", "currency")
declare_payload("collection_missed", *_COLLECTION, "paid")

declare_payload("question_asked", *_ITEM, "item_id", "wishlist_id")
declare_payload("question_answered", *_ITEM, "item_id", "wishlist_id")
declare_payload("thanks", *_LIST)

declare_payload("wishlist_deleted", "list_title")
declare_payload("wishlist_revealed", *_LIST)
declare_payload("wishlist_shared", *_LIST)
declare_payload("invitation_accepted", *_LIST, "name")
declare_payload("made_recipient", *_LIST)
declare_payload("recipients_changed", *_LIST, "name")
declare_payload("who_sees_changed", *_LIST)
declare_payload("list_hidden", "list_title")
declare_payload("list_shown", *_LIST)
declare_payload("list_handed_over", *_LIST, "owner_name")
declare_payload("item_moderated", *_ITEM)
# Givers who can no longer read the list are not told which one it is.
declare_payload("giving_opened", "list_title", "opened_by", sometimes=("wishlist_id",))
declare_payload("giving_opening_refused", "list_title", "opened_by", sometimes=("wishlist_id",))

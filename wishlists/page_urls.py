"""The pages of lists. No trailing slashes."""

from django.urls import path

from wishlists import (
    collecting_pages,
    item_pages,
    members_pages,
    pages,
    promised_pages,
    reveal_pages,
    talk_pages,
)

_ITEM = "lists/<uuid:wishlist_id>/items/<uuid:item_id>"

urlpatterns = [
    path("lists", pages.lists, name="lists"),
    path("lists/<uuid:wishlist_id>", pages.show_list, name="list"),
    path("lists/<uuid:wishlist_id>/settings", pages.list_settings, name="list-settings"),
    path("lists/<uuid:wishlist_id>/recipients", pages.list_recipients, name="list-recipients"),
    path("lists/<uuid:wishlist_id>/delete", pages.list_delete, name="list-delete"),
    path("lists/<uuid:wishlist_id>/members", members_pages.list_members, name="list-members"),
    path("lists/<uuid:wishlist_id>/log", pages.list_log, name="list-log"),
    path("lists/<uuid:wishlist_id>/items", item_pages.item_add, name="item-add"),
    path("lists/<uuid:wishlist_id>/drafts/<uuid:item_id>", item_pages.draft_edit, name="draft-edit"),
    path(_ITEM, item_pages.item_card, name="item-card"),
    path(f"{_ITEM}/chip-in", item_pages.item_chip, name="item-chip"),
    path(f"{_ITEM}/edit", item_pages.item_edit, name="item-edit"),
    path(f"{_ITEM}/move", item_pages.item_move, name="item-move"),
    path(f"{_ITEM}/remove", item_pages.item_remove, name="item-remove"),
    path(f"{_ITEM}/restore", item_pages.item_restore, name="item-restore"),
    path("lists/<uuid:wishlist_id>/budget", promised_pages.list_budget, name="list-budget"),
    path("gifts", promised_pages.promised, name="promised"),
    path("gifts.csv", promised_pages.promised_table, name="promised-table"),
    path("gifts/checkout", promised_pages.promised_checkout, name="promised-checkout"),
    path("gifts/waiting/<uuid:item_id>", promised_pages.promised_waiting, name="promised-waiting"),
    path("gifts/<uuid:reservation_id>", promised_pages.promised_move, name="promised-move"),
    path("lists/<uuid:wishlist_id>/reveal", reveal_pages.list_reveal, name="list-reveal"),
    path("lists/<uuid:wishlist_id>/gifts", reveal_pages.list_gifts, name="list-gifts"),
    path("lists/<uuid:wishlist_id>/gifts/<uuid:giver_id>", reveal_pages.list_thanks, name="list-thanks"),
    path(f"{_ITEM}/talk", talk_pages.item_talk, name="item-talk"),
    path(f"{_ITEM}/talk/<uuid:message_id>/remove", talk_pages.item_talk_remove, name="item-talk-remove"),
    path("lists/<uuid:wishlist_id>/collecting", collecting_pages.list_collecting, name="list-collecting"),
    path(
        "lists/<uuid:wishlist_id>/collecting/<uuid:collection_id>",
        collecting_pages.list_collecting_chip,
        name="list-collecting-chip",
    ),
    path(
        "lists/<uuid:wishlist_id>/collecting/<uuid:collection_id>/end",
        collecting_pages.list_collecting_end,
        name="list-collecting-end",
    ),
    path(
        "lists/<uuid:wishlist_id>/contributions/<uuid:contribution_id>",
        collecting_pages.list_contribution,
        name="list-contribution",
    ),
]

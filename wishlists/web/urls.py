"""URLs of the pages of lists, without trailing slashes."""

from django.urls import path

from wishlists.web.views import (
    collections,
    groups,
    items,
    lists,
    members,
    messages,
    my_gifts,
    reveal,
    shared_lists,
)

_ITEM = "lists/<uuid:wishlist_id>/items/<uuid:item_id>"

urlpatterns = [
    path("lists", lists.lists, name="lists"),
    path("lists/<uuid:wishlist_id>", lists.show_list, name="list"),
    path("people/<uuid:person_id>/list", lists.list_for_person, name="list-for-person"),
    path("lists/<uuid:wishlist_id>/settings", lists.list_settings, name="list-settings"),
    path("lists/<uuid:wishlist_id>/recipients", lists.list_recipients, name="list-recipients"),
    path("lists/<uuid:wishlist_id>/delete", lists.list_delete, name="list-delete"),
    path("lists/<uuid:wishlist_id>/members", members.list_members, name="list-members"),
    path("lists/<uuid:wishlist_id>/log", lists.list_log, name="list-log"),
    path("lists/<uuid:wishlist_id>/items", items.item_add, name="item-add"),
    path("lists/<uuid:wishlist_id>/things", shared_lists.thing_add, name="thing-add"),
    path("lists/<uuid:wishlist_id>/things/<uuid:item_id>/tick", shared_lists.thing_tick, name="thing-tick"),
    path("lists/<uuid:wishlist_id>/drafts/<uuid:item_id>", items.draft_edit, name="draft-edit"),
    path(_ITEM, items.item_card, name="item-card"),
    path(f"{_ITEM}/chip-in", items.item_chip, name="item-chip"),
    path(f"{_ITEM}/edit", items.item_edit, name="item-edit"),
    path(f"{_ITEM}/move", items.item_move, name="item-move"),
    path(f"{_ITEM}/remove", items.item_remove, name="item-remove"),
    path(f"{_ITEM}/restore", items.item_restore, name="item-restore"),
    path("lists/<uuid:wishlist_id>/budget", my_gifts.list_budget, name="list-budget"),
    path("groups", groups.groups, name="groups"),
    path("groups/<uuid:group_id>", groups.show_group, name="group"),
    path("groups/<uuid:group_id>/name", groups.group_name, name="group-name"),
    path("groups/<uuid:group_id>/people", groups.group_people, name="group-people"),
    path("groups/<uuid:group_id>/people/<uuid:user_id>", groups.group_person, name="group-person"),
    path("groups/<uuid:group_id>/delete", groups.group_delete, name="group-delete"),
    path("gifts", my_gifts.my_gifts, name="my-gifts"),
    path("gifts.csv", my_gifts.my_gifts_csv, name="my-gifts-csv"),
    path("gifts/checkout", my_gifts.my_gifts_checkout, name="my-gifts-checkout"),
    path("gifts/waiting/<uuid:item_id>", my_gifts.my_gifts_waiting, name="my-gifts-waiting"),
    path("gifts/<uuid:reservation_id>", my_gifts.my_gifts_move, name="my-gifts-move"),
    path("lists/<uuid:wishlist_id>/reveal", reveal.list_reveal, name="list-reveal"),
    path("lists/<uuid:wishlist_id>/gifts", reveal.list_gifts, name="list-gifts"),
    path("lists/<uuid:wishlist_id>/gifts/<uuid:giver_id>", reveal.list_thanks, name="list-thanks"),
    path(f"{_ITEM}/talk", messages.item_talk, name="item-talk"),
    path(f"{_ITEM}/talk/<uuid:message_id>/remove", messages.item_talk_remove, name="item-talk-remove"),
    path("lists/<uuid:wishlist_id>/collecting", collections.list_collecting, name="list-collecting"),
    path(
        "lists/<uuid:wishlist_id>/collecting/<uuid:collection_id>",
        collections.list_collecting_chip,
        name="list-collecting-chip",
    ),
    path(
        "lists/<uuid:wishlist_id>/collecting/<uuid:collection_id>/end",
        collections.list_collecting_end,
        name="list-collecting-end",
    ),
    path(
        "lists/<uuid:wishlist_id>/contributions/<uuid:contribution_id>",
        collections.list_contribution,
        name="list-contribution",
    ),
]

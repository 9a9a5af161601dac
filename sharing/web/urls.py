"""Share pages, and the pages on which an owner shares a list. No trailing slashes."""

from django.urls import path

from sharing.web.views import (
    collections,
    guests,
    invitations,
    list_people,
    list_sharing,
    messages,
    share_page,
    unsubscribing,
)

urlpatterns = [
    path("s/<str:token>", share_page.share, name="share"),
    path("s/<str:token>/open", share_page.share_open, name="share-open"),
    path("s/<str:token>/name", share_page.share_name, name="share-name"),
    path("s/<str:token>/suggest", share_page.share_suggest, name="share-suggest"),
    path("s/<str:token>/items/<uuid:item_id>", share_page.share_card, name="share-card"),
    path("s/<str:token>/items/<uuid:item_id>/chip-in", share_page.share_chip, name="share-chip"),
    path("s/<str:token>/collecting", collections.share_collecting, name="share-collecting"),
    path("s/<str:token>/collecting/pot", collections.share_pot, name="share-pot"),
    path(
        "s/<str:token>/collecting/<uuid:collection_id>",
        collections.share_collecting_chip,
        name="share-collecting-chip",
    ),
    path(
        "s/<str:token>/contributions/<uuid:contribution_id>",
        collections.share_contribution,
        name="share-contribution",
    ),
    path("unsubscribe-guest/<str:token>", unsubscribing.guest_stop_mails, name="guest-unsubscribe"),
    path(
        "unsubscribe-guest/<str:token>/undo",
        unsubscribing.guest_want_mails_again,
        name="guest-unsubscribe-undo",
    ),
    path("g", guests.enter_token, name="guest-token"),
    path("g/<str:token>", guests.show, name="guest"),
    path("g/<str:token>/gifts/<uuid:reservation_id>", guests.gift, name="guest-gift"),
    path("g/<str:token>/money/<uuid:contribution_id>", guests.money, name="guest-money"),
    path("g/<str:token>/line/<uuid:item_id>", guests.line, name="guest-line"),
    path("g/<str:token>/news", guests.notices, name="guest-notices"),
    path("g/<str:token>/name", guests.name, name="guest-name"),
    path("g/<str:token>/take-over", guests.take_into_account, name="guest-take-over"),
    path("g/<str:token>/mail", guests.mail, name="guest-mail"),
    path("g/<str:token>/code", guests.code, name="guest-code"),
    path("g/<str:token>/confirm", guests.confirm, name="guest-confirm"),
    path("s/<str:token>/items/<uuid:item_id>/talk", messages.share_talk, name="share-talk"),
    path(
        "s/<str:token>/items/<uuid:item_id>/talk/<uuid:message_id>/remove",
        messages.share_talk_remove,
        name="share-talk-remove",
    ),
    path("groups/<uuid:group_id>/invite", invitations.group_invite, name="group-invite"),
    path("join/<str:invitation>", invitations.join, name="invitation"),
    path("join/<str:invitation>/decline", invitations.decline, name="invitation-decline"),
    path("join/<str:invitation>/register", invitations.register, name="invitation-register"),
    path("lists/<uuid:wishlist_id>/sharing", list_sharing.list_sharing, name="list-sharing"),
    path("lists/<uuid:wishlist_id>/link", list_sharing.list_link, name="list-link"),
    path("lists/<uuid:wishlist_id>/link/revoke", list_sharing.list_link_revoke, name="list-link-revoke"),
    path("lists/<uuid:wishlist_id>/link/qr.svg", list_sharing.list_qr, name="list-qr"),
    path("lists/<uuid:wishlist_id>/people", list_sharing.list_people, name="list-people"),
    path(
        "lists/<uuid:wishlist_id>/people/<uuid:user_id>/remove",
        list_sharing.list_person_remove,
        name="list-person-remove",
    ),
    path("lists/<uuid:wishlist_id>/groups", list_sharing.list_groups, name="list-groups"),
    path(
        "lists/<uuid:wishlist_id>/groups/<uuid:group_id>/remove",
        list_sharing.list_group_remove,
        name="list-group-remove",
    ),
    path(
        "lists/<uuid:wishlist_id>/people/<uuid:user_id>/role",
        list_people.list_person_role,
        name="list-person-role",
    ),
    path("lists/<uuid:wishlist_id>/invite", list_people.list_invite, name="list-invite"),
    path(
        "lists/<uuid:wishlist_id>/invitations/revoke",
        list_people.list_invitations_revoke,
        name="list-invitations-revoke",
    ),
    path("lists/<uuid:wishlist_id>/leave", list_people.list_leave, name="list-leave"),
    path("lists/<uuid:wishlist_id>/suggestions", list_sharing.list_suggestions, name="list-suggestions"),
    path(
        "lists/<uuid:wishlist_id>/suggestions/<uuid:suggestion_id>",
        list_sharing.list_suggestion,
        name="list-suggestion",
    ),
    # Last: addresses that none of the above matches.
    path("s/<path:rest>", share_page.mangled, {"kind": "share"}, name="share-mangled"),
    path("g/<path:rest>", share_page.mangled, {"kind": "guest"}, name="guest-mangled"),
]

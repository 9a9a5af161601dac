"""Share pages, and the pages on which an owner shares a list. No trailing slashes."""

from django.urls import path

from sharing import collecting_pages, guest_pages, list_pages, pages, talk_pages

urlpatterns = [
    path("s/<str:token>", pages.share, name="share"),
    path("s/<str:token>/open", pages.share_open, name="share-open"),
    path("s/<str:token>/name", pages.share_name, name="share-name"),
    path("s/<str:token>/suggest", pages.share_suggest, name="share-suggest"),
    path("s/<str:token>/items/<uuid:item_id>", pages.share_card, name="share-card"),
    path("s/<str:token>/items/<uuid:item_id>/chip-in", pages.share_chip, name="share-chip"),
    path("s/<str:token>/collecting", collecting_pages.share_collecting, name="share-collecting"),
    path("s/<str:token>/collecting/pot", collecting_pages.share_pot, name="share-pot"),
    path(
        "s/<str:token>/collecting/<uuid:collection_id>",
        collecting_pages.share_collecting_chip,
        name="share-collecting-chip",
    ),
    path(
        "s/<str:token>/contributions/<uuid:contribution_id>",
        collecting_pages.share_contribution,
        name="share-contribution",
    ),
    path("g", guest_pages.door, name="guest-door"),
    path("g/<str:token>", guest_pages.show, name="guest"),
    path("g/<str:token>/gifts/<uuid:reservation_id>", guest_pages.gift, name="guest-gift"),
    path("g/<str:token>/money/<uuid:contribution_id>", guest_pages.money, name="guest-money"),
    path("g/<str:token>/line/<uuid:item_id>", guest_pages.line, name="guest-line"),
    path("g/<str:token>/news", guest_pages.news, name="guest-news"),
    path("g/<str:token>/name", guest_pages.name, name="guest-name"),
    path("g/<str:token>/take-over", guest_pages.take_into_account, name="guest-take-over"),
    path("g/<str:token>/mail", guest_pages.mail, name="guest-mail"),
    path("g/<str:token>/code", guest_pages.code, name="guest-code"),
    path("g/<str:token>/confirm", guest_pages.confirm, name="guest-confirm"),
    path("s/<str:token>/items/<uuid:item_id>/talk", talk_pages.share_talk, name="share-talk"),
    path(
        "s/<str:token>/items/<uuid:item_id>/talk/<uuid:message_id>/remove",
        talk_pages.share_talk_remove,
        name="share-talk-remove",
    ),
    path("lists/<uuid:wishlist_id>/sharing", list_pages.list_sharing, name="list-sharing"),
    path("lists/<uuid:wishlist_id>/link", list_pages.list_link, name="list-link"),
    path("lists/<uuid:wishlist_id>/link/revoke", list_pages.list_link_revoke, name="list-link-revoke"),
    path("lists/<uuid:wishlist_id>/link/qr.svg", list_pages.list_qr, name="list-qr"),
    path("lists/<uuid:wishlist_id>/people", list_pages.list_people, name="list-people"),
    path(
        "lists/<uuid:wishlist_id>/people/<uuid:user_id>/remove",
        list_pages.list_person_remove,
        name="list-person-remove",
    ),
    path("lists/<uuid:wishlist_id>/suggestions", list_pages.list_suggestions, name="list-suggestions"),
    path(
        "lists/<uuid:wishlist_id>/suggestions/<uuid:suggestion_id>",
        list_pages.list_suggestion,
        name="list-suggestion",
    ),
    # Last: whatever above is no address of a page.
    path("s/<path:rest>", pages.mangled, {"kind": "share"}, name="share-mangled"),
    path("g/<path:rest>", pages.mangled, {"kind": "guest"}, name="guest-mangled"),
]

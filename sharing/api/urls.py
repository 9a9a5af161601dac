"""Under `api/v1/`. No trailing slashes."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from sharing.api.views.guests import (
    GuestCodeView,
    GuestConfirmView,
    GuestLinkView,
    GuestNameView,
    GuestTakeOverView,
    PublicGuestsView,
    PublicReservationView,
)
from sharing.api.views.invitations import (
    AcceptInvitationView,
    InvitationsOfGroupView,
    InvitationsOfListView,
    InvitationView,
    InviteToGroupView,
    InviteView,
    RejectInvitationView,
)
from sharing.api.views.links import PublicLinkViewSet
from sharing.api.views.messages import PublicMessageView, PublicTalkView
from sharing.api.views.money import (
    PublicCollectionsView,
    PublicOwnContributionsView,
    PublicOwnContributionView,
    PublicPotView,
)
from sharing.api.views.public import (
    PublicContributionsView,
    PublicItemView,
    PublicReservationsView,
    PublicSuggestionsView,
    PublicWhoSeesView,
    PublicWishlistView,
)
from sharing.api.views.shares import ShareViewSet, ShoppingListShareViewSet
from sharing.api.views.suggestions import SuggestionViewSet
from sharing.api.views.waitlist import PublicWaitingView

_link = PublicLinkViewSet.as_view({"get": "retrieve", "post": "create", "delete": "destroy"})
_suggestions = SuggestionViewSet.as_view({"get": "list", "post": "create"})
_SUGGESTION = "wishlists/<uuid:wishlist_id>/suggestions/<uuid:suggestion_id>"

_router = SimpleRouter(trailing_slash=False, use_regex_path=False)
_router.register("wishlists/<uuid:wishlist_id>/shares", ShareViewSet, "share")
_router.register("shopping-lists/<uuid:wishlist_id>/shares", ShoppingListShareViewSet, "shopping-list-share")

urlpatterns: list[URLPattern | URLResolver] = [
    *_router.urls,
    path("wishlists/<uuid:wishlist_id>/invite", InviteView.as_view(), name="api-invite"),
    path(
        "wishlists/<uuid:wishlist_id>/invitations",
        InvitationsOfListView.as_view(),
        name="api-list-invitations",
    ),
    path("groups/<uuid:group_id>/invite", InviteToGroupView.as_view(), name="api-group-invite"),
    path(
        "groups/<uuid:group_id>/invitations",
        InvitationsOfGroupView.as_view(),
        name="api-group-invitations",
    ),
    path("invitations", InvitationView.as_view(), name="api-invitation"),
    path("invitations/accept", AcceptInvitationView.as_view(), name="api-invitation-accept"),
    path("invitations/reject", RejectInvitationView.as_view(), name="api-invitation-reject"),
    path("wishlists/<uuid:wishlist_id>/public-link", _link, name="api-public-link"),
    path(
        "wishlists/<uuid:wishlist_id>/suggestions",
        _suggestions,
        name="api-suggestions",
    ),
    path(
        f"{_SUGGESTION}/accept", SuggestionViewSet.as_view({"post": "accept"}), name="api-suggestion-accept"
    ),
    path(
        f"{_SUGGESTION}/reject", SuggestionViewSet.as_view({"post": "reject"}), name="api-suggestion-reject"
    ),
    path("public/wishlists", PublicWishlistView.as_view(), name="api-public-wishlist"),
    path("public/wishlists/items/<uuid:item_id>", PublicItemView.as_view(), name="api-public-item"),
    path(
        "public/wishlists/items/<uuid:item_id>/contributions",
        PublicContributionsView.as_view(),
        name="api-public-contributions",
    ),
    path(
        "public/wishlists/items/<uuid:item_id>/waiting",
        PublicWaitingView.as_view(),
        name="api-public-waiting",
    ),
    path("public/wishlists/suggestions", PublicSuggestionsView.as_view(), name="api-public-suggestions"),
    path("public/reservations", PublicReservationsView.as_view(), name="api-public-reservations"),
    path(
        "public/wishlists/items/<uuid:item_id>/messages", PublicTalkView.as_view(), name="api-public-messages"
    ),
    path(
        "public/wishlists/items/<uuid:item_id>/messages/<uuid:message_id>",
        PublicMessageView.as_view(),
        name="api-public-message",
    ),
    path(
        "public/reservations/<uuid:reservation_id>",
        PublicReservationView.as_view(),
        name="api-public-reservation",
    ),
    path("public/guests", PublicGuestsView.as_view(), name="api-public-guests"),
    path("public/guests/name", GuestNameView.as_view(), name="api-guest-name"),
    path("public/guests/take-over", GuestTakeOverView.as_view(), name="api-guest-take-over"),
    path("public/guests/code", GuestCodeView.as_view(), name="api-guest-code"),
    path("public/guests/confirm", GuestConfirmView.as_view(), name="api-guest-confirm"),
    path("public/guests/manage-link", GuestLinkView.as_view(), name="api-guest-link"),
    path("public/contributions", PublicOwnContributionsView.as_view(), name="api-public-own-contributions"),
    path(
        "public/contributions/<uuid:contribution_id>",
        PublicOwnContributionView.as_view(),
        name="api-public-own-contribution",
    ),
    path("public/pot/contributions", PublicPotView.as_view(), name="api-public-pot"),
    path("public/who-sees", PublicWhoSeesView.as_view(), name="api-public-who-sees"),
    path("public/collections", PublicCollectionsView.as_view(), name="api-public-collections"),
]

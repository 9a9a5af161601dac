"""What people with a public link can do, with or without an account.

Users with an access token act as themselves: a recipient is a recipient here, too, and sees nothing about giving.
Without a token, the client gets the view for PUBLIC. Caches must not store responses, because the address contains the
token of the link.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED

from accounts.access.scopes import GIVING, READING_LISTS, WRITING_LISTS
from accounts.api.retrying import RetriedView
from accounts.api.shown_answers import ShownAnswersView
from accounts.models import User
from core.api.browsable import Links
from core.api.paging import page_of
from core.db.change import change
from sharing.access.capabilities import guest_named, manage_token
from sharing.access.client_digest import client_digest
from sharing.access.limited_links import opening_token
from sharing.access.mangled_tokens import unmangled
from sharing.api.documents import GUEST, TOKEN
from sharing.api.hypermedia_links import from_link, to_own, to_public_items
from sharing.api.serializers import (
    GuestContributionSerializer,
    GuestItemSerializer,
    GuestStatusSerializer,
    OpenedSerializer,
    SuggestionSerializer,
    SuggestSerializer,
)
from sharing.api.unchanged import opened_tag
from sharing.models import PublicLink
from sharing.projections.guests import with_manage_token
from sharing.projections.links import project_opened, project_suggestion
from sharing.queries.links import guest_of
from sharing.refusals import LinkUsedUp, ManageTokenNeeded
from sharing.services.guests import enter_guest, known_guest
from sharing.services.links import find_open_link, find_revised_link, spend_view
from sharing.services.suggestions import suggest_item
from wishlists.access.viewpoint import Viewpoint
from wishlists.api.answers import explaining_conflicts, item_as_seen
from wishlists.api.entity_tags import has_it, is_page, items_tag, not_modified, tagged
from wishlists.api.response_cache import response_cache
from wishlists.api.serializers.people import WhoSeesSerializer
from wishlists.api.serializers.reservations import ReservationSerializer
from wishlists.models import Guest, Item, Reservation, Wishlist
from wishlists.models.viewers import Audience, Sight, Viewer
from wishlists.projections.items import ITEM, project_list
from wishlists.projections.reservations import project_reservations, reservations_of
from wishlists.projections.rows import Row
from wishlists.projections.who_sees import project_who_sees, who_sees
from wishlists.refusals import NoSuchItem
from wishlists.services.money.contributing import contribute
from wishlists.services.status import set_status


class LinkView(ShownAnswersView, RetriedView, GenericAPIView[Any]):
    """A view behind `?token=`. Reading ignores a bad access token, writing refuses it (accounts/api/authentication.py)."""

    open_to_all = True
    permission_classes = (AllowAny,)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer

    def retry_scope(self, request: Request) -> str:
        """Return the user, guest or visitor, so that others who send the same key get their own responses."""
        link, viewpoint = self.enter()
        wishlist = viewpoint.wishlist
        if self.viewer.user is not None:
            return f"user {self.viewer.user.pk} {link.pk}"
        token = self.sent_token(request.data if isinstance(request.data, dict) else None)
        guest = guest_of(token, wishlist) if isinstance(token, str) else None
        return f"guest {guest.pk}" if guest else f"link {link.pk} {client_digest(request, wishlist)}"

    def without_secrets(self, data: Any) -> Any:
        """Replace the manage token by the id of its guest."""
        return _respelled(data, lambda token: str(guest_named(token)))

    def with_secrets(self, data: Any) -> Any:
        return _respelled(data, lambda pk: manage_token(Guest(pk=UUID(pk))))

    @property
    def viewer(self) -> Viewer:
        user = self.request.user
        return Viewer(user=user if isinstance(user, User) else None, by_link=True)

    def links(self, data: Any) -> Links:
        return from_link(self.request.query_params.get("token", ""))

    def asked_by(self, viewpoint: Viewpoint, given: dict[str, Any] | None = None) -> Viewpoint:
        """Return the viewpoint of the reader: the user, or the guest whose manage token was sent. Invalid tokens are
        ignored."""
        if self.viewer.user is not None:
            return viewpoint
        guest = guest_of(self.sent_token(given), viewpoint.wishlist)
        return viewpoint.seen_by(Viewer(guest=guest, by_link=True))

    def named_by(self, viewpoint: Viewpoint, given: dict[str, Any]) -> Viewpoint:
        """Return the viewpoint of the writer, to decide what a refusal may show them. A guest name in this request
        counts already."""
        asked = self.asked_by(viewpoint, given)
        if asked.viewer.user is not None or asked.viewer.guest is not None or not given.get("guest_name"):
            return asked
        guest = Guest(wishlist=viewpoint.wishlist, name=given["guest_name"])
        return viewpoint.seen_by(Viewer(guest=guest, by_link=True))

    def enter(self) -> tuple[PublicLink, Viewpoint]:
        """Return the link and the viewpoint of the client on its list: of the user, or of an unknown client."""
        return find_open_link(self.link_token(), user=self.viewer.user)

    def link_token(self) -> str:
        # A link that was copied from the source of a page has `&amp;` instead of `&`.
        token = self.request.query_params.get("token") or self.request.query_params.get("amp;token")
        if not token:
            raise ValidationError({"token": [_("Add ?token= with the token of the link.")]}, code="required")
        return unmangled(token)

    def find_item(self, item_id: UUID) -> tuple[Item, Viewpoint]:
        _link, viewpoint = self.enter()
        wishlist, sight = viewpoint.wishlist, self.asked_by(viewpoint).sight
        item = Item.objects.seen_with(sight).filter(pk=item_id, wishlist=wishlist).first()
        if item is None:
            raise NoSuchItem
        item.wishlist = wishlist
        return item, viewpoint

    def read_input(self, **context: Any) -> dict[str, Any]:
        given = self.get_serializer(
            data=self.request.data, context={**self.get_serializer_context(), **context}
        )
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def sent_token(self, given: dict[str, Any] | None = None) -> str:
        """Return the manage token from its field or header."""
        sent = (given or {}).get("manage_token") or self.request.headers.get("X-Manage-Token", "")
        return unmangled(sent) if isinstance(sent, str) else sent

    def acting(self, viewpoint: Viewpoint, given: dict[str, Any]) -> Viewpoint:
        """Return the viewpoint of the user, the guest with the manage token, or a new guest.

        Call it in the transaction of what they do.
        """
        if self.viewer.user is not None:
            return viewpoint
        wishlist = viewpoint.wishlist
        guest = enter_guest(
            wishlist=wishlist,
            token=self.sent_token(given),
            name=given.get("guest_name", ""),
            email=given.get("guest_email", ""),
            visitor=client_digest(self.request, wishlist),
        )
        return viewpoint.seen_by(Viewer(guest=guest, by_link=True))


class PublicWishlistView(LinkView):
    token_access = READING_LISTS

    @extend_schema(parameters=GUEST, responses=OpenedSerializer)
    def get(self, request: Request) -> Response:
        """Open the list. This counts as one opening of a limited link, unless you are a member of the list or a known guest."""
        found = find_revised_link(self.link_token(), user=self.viewer.user)
        link, viewpoint = found.link, found.viewpoint
        if not viewpoint.is_member:
            self._spend(link, viewpoint.wishlist)
        opening = None if link.max_views is None else opening_token(link)
        asked = self.asked_by(viewpoint)
        wishlist, sight = asked.wishlist, asked.sight
        seen = found.seen_from(asked)
        tag = opened_tag(seen, opening)
        if has_it(request, tag):
            return not_modified(tag)
        items = (
            project_list(wishlist, sight)
            if is_page(request)
            else response_cache.answer(items_tag(seen), lambda: project_list(wishlist, sight))
        )
        return tagged(request, project_opened(asked, items, opening), tag)

    def links(self, data: Any) -> Links:
        token = self.request.query_params["token"]
        return [*super().links(data), *to_public_items(data["items"], token)]

    def _spend(self, link: PublicLink, wishlist: Wishlist) -> None:
        """Spend a view for guests like for others. People become guests by giving, and the owner can read the count."""
        try:
            spend_view(link=link)
        except LinkUsedUp:
            if guest_of(self.sent_token(), wishlist) is None:
                raise


class PublicWhoSeesView(LinkView):
    token_access = READING_LISTS
    queryset = Wishlist.objects.none()

    @extend_schema(parameters=[TOKEN], responses=WhoSeesSerializer)
    def get(self, request: Request) -> Response:
        """Get who the list is for and who can see what givers do."""
        _link, viewpoint = self.enter()
        return Response(project_who_sees(who_sees(viewpoint.wishlist)))


class PublicItemView(LinkView):
    token_access = GIVING
    serializer_class = GuestStatusSerializer

    @extend_schema(parameters=GUEST, responses=GuestItemSerializer)
    def patch(self, request: Request, item_id: UUID) -> Response:
        """Reserve, buy or release an item. Recipients mark it instead. Without an access token you are a guest."""
        item, viewpoint = self.find_item(item_id)
        given = self.read_input()
        status, message = given["reservation_status"], given.get("reservation_message")
        with explaining_conflicts(item, self.named_by(viewpoint, given)), change():
            viewpoint = self.acting(viewpoint, given)
            set_status(item=item, viewpoint=viewpoint, status=status, message=message)
        seen = _with_own_status(item_as_seen(item, viewpoint), item, viewpoint, status)
        return Response(with_manage_token(seen, viewpoint.viewer.guest))

    @extend_schema(parameters=GUEST, responses=GuestItemSerializer)
    def put(self, request: Request, item_id: UUID) -> Response:
        """Reserve, buy or release an item. Recipients mark it instead. Without an access token you are a guest."""
        return self.patch(request, item_id)


class PublicContributionsView(LinkView):
    token_access = GIVING
    serializer_class = GuestContributionSerializer

    @extend_schema(parameters=GUEST, responses={201: GuestItemSerializer})
    def post(self, request: Request, item_id: UUID) -> Response:
        """Chip in for an item. Without an access token you are a guest."""
        item, viewpoint = self.find_item(item_id)
        given = self.read_input(currency=item.currency)
        with change():
            viewpoint = self.acting(viewpoint, given)
            contribute(item=item, by=viewpoint.viewer, **money_of(given))
        seen = item_as_seen(item, viewpoint)
        return Response(with_manage_token(seen, viewpoint.viewer.guest), HTTP_201_CREATED)


class PublicReservationsView(LinkView):
    token_access = GIVING
    queryset = Reservation.objects.none()

    @extend_schema(parameters=GUEST, responses=ReservationSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the reservations of this guest on this list, or of the user if there is an access token."""
        _link, viewpoint = self.enter()
        wishlist = viewpoint.wishlist
        giver = self._giver_known(wishlist)
        rows, headers = page_of(request, reservations_of(giver).filter(item__wishlist=wishlist))
        return Response(project_reservations(rows, giver), headers=headers)

    def links(self, data: Any) -> Links:
        token = self.request.query_params["token"]
        return [*super().links(data), *to_own(data, "api-public-reservation", token)]

    def _giver_known(self, wishlist: Wishlist) -> Viewer:
        if self.viewer.user is not None:
            return self.viewer
        if not self.sent_token():
            raise ManageTokenNeeded
        return Viewer(guest=known_guest(wishlist=wishlist, token=self.sent_token()), by_link=True)


class PublicSuggestionsView(LinkView):
    token_access = WRITING_LISTS
    serializer_class = SuggestSerializer

    @extend_schema(parameters=[TOKEN], responses={201: SuggestionSerializer})
    def post(self, request: Request) -> Response:
        """Suggest a wish to the owner."""
        _link, viewpoint = self.enter()
        wishlist = viewpoint.wishlist
        visitor = client_digest(request, wishlist)
        made = suggest_item(wishlist=wishlist, by=self.viewer, visitor=visitor, **self.read_input())
        return Response(project_suggestion(made), HTTP_201_CREATED)


def _respelled(data: Any, spelled: Callable[[str], str]) -> Any:
    if not isinstance(data, dict) or "manage_token" not in data:
        return data
    return data | {"manage_token": spelled(data["manage_token"])}


def _with_own_status(seen: Row, item: Item, viewpoint: Viewpoint, status: str) -> Row:
    """Add the status that the viewer has just set, even if the rest is hidden until they confirm their address."""
    hidden = viewpoint.audience is Audience.VISITOR
    if not hidden or item.quantity != 1:
        return seen
    return ITEM.checked({**seen, "reservation_status": status}, Sight.STATUS)


def money_of(given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of the services from a validated contribution."""
    return {name: given[name] for name in ("amount_minor", "status", "currency")}

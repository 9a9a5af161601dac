"""Who is asking for a page, and the list that they ask for."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from core.db.change import refused
from core.errors.refusals import Refusal
from wishlists.queries.lists import visible_list
from wishlists.refusals import EditorsOnly, OwnersOnly
from wishlists.web.page_context import Desk


def user_of(request: HttpRequest) -> User | None:
    """The person who is logged in."""
    return request.user if isinstance(request.user, User) else None


def asker(request: HttpRequest) -> User:
    """The person who is logged in, where `login_required` let nobody else through."""
    user = user_of(request)
    assert user is not None
    return user


def desk_of(request: HttpRequest, wishlist_id: UUID) -> Desk:
    """The list for whoever asks. One that they may not know of is not there."""
    return Desk(
        visible_list(asker(request), wishlist_id, with_owner=True), reverse("list", args=[wishlist_id])
    )


def editors_desk(request: HttpRequest, wishlist_id: UUID) -> Desk:
    """The same for pages that only change things; the services ask again."""
    desk = desk_of(request, wishlist_id)
    if not desk.may_edit:
        raise _denied(request, desk, EditorsOnly())
    return desk


def owners_desk(request: HttpRequest, wishlist_id: UUID) -> Desk:
    desk = desk_of(request, wishlist_id)
    if not desk.is_owner:
        raise _denied(request, desk, OwnersOnly())
    return desk


def _denied(request: HttpRequest, desk: Desk, refusal: Refusal) -> Refusal:
    """A form that was sent leaves a row in the log; looking at a page does not."""
    if request.method in ("GET", "HEAD"):
        return refusal
    return refused(refusal, viewpoint=desk.viewpoint)

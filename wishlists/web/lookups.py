"""Find the user and the list of a page request."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from wishlists.access.viewpoint import Viewpoint
from wishlists.queries.lists import visible_list
from wishlists.services.denials import require
from wishlists.web.page_context import PageContext


def user_of(request: HttpRequest) -> User | None:
    """Return the user who is logged in, if any."""
    return request.user if isinstance(request.user, User) else None


def current_user(request: HttpRequest) -> User:
    """Return the user who is logged in. For views with `login_required`."""
    user = user_of(request)
    assert user is not None
    return user


def page_of_list(request: HttpRequest, wishlist_id: UUID) -> PageContext:
    """Return the page context of the list. Raises `NoSuchList` if the user may not open it."""
    return PageContext(
        visible_list(current_user(request), wishlist_id, with_owner=True), reverse("list", args=[wishlist_id])
    )


def editors_page(request: HttpRequest, wishlist_id: UUID) -> PageContext:
    """Return the page context for editors, for pages that only change things. Services check the permission again."""
    page = page_of_list(request, wishlist_id)
    require(Viewpoint.require_editor, page.viewpoint, request.method)
    return page


def owners_page(request: HttpRequest, wishlist_id: UUID) -> PageContext:
    page = page_of_list(request, wishlist_id)
    require(Viewpoint.require_owner, page.viewpoint, request.method)
    return page

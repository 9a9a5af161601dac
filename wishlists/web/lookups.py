"""Find the user and the list of a page request."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from core.db.change import refused
from core.errors.refusals import Refusal
from wishlists.queries.lists import visible_list
from wishlists.refusals import EditorsOnly, OwnersOnly
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
    if not page.may_edit:
        raise _denied(request, page, EditorsOnly())
    return page


def owners_page(request: HttpRequest, wishlist_id: UUID) -> PageContext:
    page = page_of_list(request, wishlist_id)
    if not page.is_owner:
        raise _denied(request, page, OwnersOnly())
    return page


def _denied(request: HttpRequest, page: PageContext, refusal: Refusal) -> Refusal:
    """Return the refusal. A refused form is logged, a refused page view is not."""
    if request.method in ("GET", "HEAD"):
        return refusal
    return refused(refusal, viewpoint=page.viewpoint)

"""Who is asking for a page, and the list that they ask for."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from core.db.change import refused
from core.db.prepared import prepared
from core.errors.refusals import Refusal
from wishlists.models import Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import EditorsOnly, NoSuchList, OwnersOnly
from wishlists.web.page_context import PageContext


def user_of(request: HttpRequest) -> User | None:
    """The person who is logged in."""
    return request.user if isinstance(request.user, User) else None


def current_user(request: HttpRequest) -> User:
    """The person who is logged in, where `login_required` let nobody else through."""
    user = user_of(request)
    assert user is not None
    return user


def page_of_list(request: HttpRequest, wishlist_id: UUID) -> PageContext:
    """The list for whoever asks. One that they may not know of is not there."""
    user = current_user(request)
    for wishlist in _visible(wishlist_id=wishlist_id, user_id=user.pk, tenant_id=user.tenant_id):
        return PageContext(Viewer(user=user), wishlist, reverse("list", args=[wishlist_id]))
    raise NoSuchList


@prepared
def _visible(*, wishlist_id: UUID, user_id: UUID, tenant_id: UUID | None) -> QuerySet[Wishlist]:
    user = User(pk=user_id, tenant_id=tenant_id)
    return Wishlist.objects.visible_to(user).for_viewer(user).select_related("owner").filter(pk=wishlist_id)


def editors_page(request: HttpRequest, wishlist_id: UUID) -> PageContext:
    """The same for pages that only change things; the services ask again."""
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
    """A form that was sent leaves a row in the log; looking at a page does not."""
    if request.method in ("GET", "HEAD"):
        return refusal
    return refused(refusal, wishlist=page.wishlist, by=page.viewer)

"""A browser on a share page: the link, the list as its viewer may see it, and what its cookies say.

There are two kinds of cookies under `/s/`. Scripts cannot read them. One for each list holds a guest's manage token, so
that this browser can release what the guest reserved. One for each limited link is a signed proof that this browser has
spent a view.

Under `/g/` one cookie says which guest of a list this browser is, and one leads back from a guest's own page to the
share page where they came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.web.form_repeats import keep_facts
from sharing.access.capabilities import manage_token
from sharing.access.client_digest import client_digest
from sharing.models import PublicLink
from sharing.queries.links import guest_of
from sharing.services.guests import enter_guest
from sharing.services.links import find_open_link
from sharing.services.taking_over import holds_anything
from wishlists.models import Guest, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.web.lookups import user_of
from wishlists.web.page_context import PageContext

_YEAR = 365 * 24 * 3600
_NAME_COOKIE = "guest_name"


@dataclass(frozen=True)
class ShareSession:
    """A visit by a link that works."""

    link: PublicLink
    page: PageContext
    guest_name: str
    visitor: str
    """A digest of the client's address, for the limits on guests."""
    is_in: bool
    """Whether this browser may read the list. False until it has spent a view of a limited link."""


def read_share_session(request: HttpRequest, token: str) -> ShareSession:
    """Return the session, or raise the refusal that says why the link does not work."""
    user = user_of(request)
    link, viewpoint = find_open_link(token, user=user)
    wishlist = viewpoint.wishlist
    guest = None if user else guest_of(request.COOKIES.get(_guest_cookie(wishlist), ""), wishlist)
    viewer = Viewer(user=user, guest=guest, by_link=True)
    is_in = link.max_views is None or viewpoint.is_member or _came_in(request, link)
    # The owner can read the count, and people become guests by giving. While views are left, guests spend them like others.
    is_in = is_in or (guest is not None and link.is_used_up)
    name = guest.name if guest else _read(request, _NAME_COOKIE)
    return ShareSession(
        link,
        PageContext(
            viewpoint.seen_by(viewer),
            reverse("share", args=[token]),
            guest_name=name,
            has_link=True,  # it has just opened the list
        ),
        name,
        client_digest(request, wishlist),
        is_in,
    )


def enter(session: ShareSession, typed: dict[str, Any]) -> Viewer:
    """Return who acts: the viewer if known, else a guest with the name that was just given."""
    if not session.page.asks_name:
        return session.page.viewer
    guest = enter_guest(
        wishlist=session.page.wishlist, name=typed["name"], email=typed["email"], visitor=session.visitor
    )
    return Viewer(guest=guest, by_link=True)


def remember_guest(answer: HttpResponse, viewer: Viewer, session: ShareSession) -> HttpResponse:
    """Set cookies so that this browser can release what the guest reserved, needs no name again, and finds the way
    back."""
    if viewer.guest is not None:
        remember_guest_of(answer, viewer.guest, session.page.address.rpartition("/")[2])
        keep_facts(answer, guest=str(viewer.guest.pk))
    return answer


def remember_guest_of(answer: HttpResponse, guest: Guest, token: str) -> None:
    """Set the same cookies for a guest who came by the link with this token."""
    way = _way_cookie(guest.wishlist)
    _keep(answer, way, signing.dumps(reverse("share", args=[token]), salt=way), path="/g/")
    _remember_who(answer, guest)


def know_on_this_device(request: HttpRequest, answer: HttpResponse, guest: Guest) -> HttpResponse:
    """Make this browser the guest whose private link was opened in it.

    A browser that gave as another guest stays that guest. Otherwise it could no longer reach what it reserved.
    """
    here = _here_cookie(guest.wishlist)
    known = _read(request, here)
    if known == guest.pk.hex or not (known or _read(request, _way_cookie(guest.wishlist))):
        _remember_who(answer, guest)
    return answer


def _remember_who(answer: HttpResponse, guest: Guest) -> None:
    here = _here_cookie(guest.wishlist)
    _keep(answer, here, signing.dumps(guest.pk.hex, salt=here), path="/g/")
    _keep(answer, _guest_cookie(guest.wishlist), manage_token(guest))
    _keep(answer, _NAME_COOKIE, signing.dumps(guest.name, salt=_NAME_COOKIE))


def guest_before_log_in(request: HttpRequest, session: ShareSession) -> Guest | None:
    """Return the guest who gave from this browser before the user signed in. None for recipients of the list."""
    wishlist = session.page.wishlist
    if session.page.viewer.user is None or not session.page.may_give:
        return None
    guest = guest_of(request.COOKIES.get(_guest_cookie(wishlist), ""), wishlist)
    return guest if guest is not None and holds_anything(guest) else None


def come_as(request: HttpRequest, guest: Guest) -> None:
    """Treat `request` as one that brings the cookie of this guest."""
    request.COOKIES[_guest_cookie(guest.wishlist)] = manage_token(guest)


def remember_opening(answer: HttpResponse, link: PublicLink) -> HttpResponse:
    """Set the cookie that says that this browser has spent a view. It is valid as long as the link."""
    _keep(answer, _link_cookie(link), signing.dumps(link.pk.hex, salt=_link_cookie(link)))
    keep_facts(answer, opening=str(link.pk))
    return answer


def way_back(request: HttpRequest, wishlist: Wishlist) -> str:
    """Return the share page by which this browser came. It does not learn of another link that the list has now."""
    return _read(request, _way_cookie(wishlist))


def _keep(answer: HttpResponse, name: str, value: str, path: str = "/s/") -> None:
    answer.set_cookie(
        name, value, max_age=_YEAR, path=path, httponly=True, samesite="Lax", secure=settings.HTTPS
    )


def _guest_cookie(wishlist: Wishlist) -> str:
    return f"guest_{wishlist.pk.hex}"


def _way_cookie(wishlist: Wishlist) -> str:
    return f"way_{wishlist.pk.hex}"


def _here_cookie(wishlist: Wishlist) -> str:
    return f"here_{wishlist.pk.hex}"


def _link_cookie(link: PublicLink) -> str:
    return f"in_{link.pk.hex}"


def _came_in(request: HttpRequest, link: PublicLink) -> bool:
    return _read(request, _link_cookie(link)) == link.pk.hex


def _read(request: HttpRequest, cookie: str) -> str:
    """Return the signed value of the cookie, or "" if there is none."""
    try:
        return str(signing.loads(request.COOKIES.get(cookie, ""), salt=cookie))
    except signing.BadSignature:
        return ""

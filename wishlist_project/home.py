"""The home page. With DEBUG, it has buttons that open the demo with one click.

The buttons log in with the password that every start prints, so they give no new access. They exist only with DEBUG, which
is on by default only on loopback, and work only from this machine.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access.known_devices import origin_of
from accounts.refusals import WrongCredentials
from accounts.services.people import check_credentials
from accounts.services.signing_in.starting import Method
from accounts.web.log_ins import finish
from core.http.client_address import is_from_this_machine
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from wishlist_project.demo.occasions import BIRTHDAY
from wishlist_project.demo.story import PASSWORD, PEOPLE

_OPENINGS = {"bob": PEOPLE["Bob"], "alice": PEOPLE["Alice"]}


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html", {"demo": _demo_link(request) is not None})


@require_POST
@never_cache
def open_demo(request: HttpRequest, who: str) -> HttpResponse:
    """Open the birthday list as a guest, as Bob, or as the recipient Alice."""
    link = _demo_link(request)
    if link is None or who not in ("guest", *_OPENINGS):
        raise Http404
    logout(request)
    if who == "guest":
        return redirect("share", link_token(link))
    try:
        user = check_credentials(email=_OPENINGS[who], password=PASSWORD, origin=origin_of(request))
    except WrongCredentials:
        raise Http404 from None
    return finish(request, user, Method.DEMO, reverse("list", args=[link.wishlist_id]))


def _demo_link(request: HttpRequest) -> PublicLink | None:
    """Return the link of the demo's birthday list, for requests from this machine only."""
    if not settings.DEBUG or not is_from_this_machine(request):
        return None
    live = PublicLink.objects.live().filter(max_views=None)
    return live.filter(wishlist__owner__mailbox=_OPENINGS["alice"], wishlist__title=BIRTHDAY.title).first()

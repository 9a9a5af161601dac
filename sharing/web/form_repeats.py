"""Answer a repeated form of a guest: they are still the same guest and have spent one view of a limited link.

The browser may have dropped the first response with its cookies, so the second sets them again. Tokens are derived
again: the stored facts only name a row and give no access.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import resolve

from accounts.web.form_repeats import Facts
from sharing.models import PublicLink
from sharing.web.share_session import come_as, remember_guest_of, remember_opening
from wishlists.models import Guest


class RestoredGuests:
    """Restore the guest that this browser became with the first response (accounts/web/form_repeats.py)."""

    def prepare(self, request: HttpRequest, facts: Facts) -> None:
        guest = _guest(facts)
        if guest is not None:
            come_as(request, guest)

    def finish(self, request: HttpRequest, response: HttpResponse, facts: Facts) -> None:
        guest = _guest(facts)
        if guest is not None:
            token = str(resolve(request.path_info).kwargs["token"])
            remember_guest_of(response, guest, token)
        link = PublicLink.objects.filter(pk=facts["opening"]).first() if "opening" in facts else None
        if link is not None:
            remember_opening(response, link)


def _guest(facts: Facts) -> Guest | None:
    if "guest" not in facts:
        return None
    return Guest.objects.select_related("wishlist").filter(pk=facts["guest"]).first()

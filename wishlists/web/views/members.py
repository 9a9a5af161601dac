"""The page that says who is on a list, for everybody on it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.web.views.account import page
from wishlists.projections.members import members_for
from wishlists.web.asking import desk_of


@require_safe
@login_required
@page
def list_members(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    desk = desk_of(request, wishlist_id)
    context = {
        "desk": desk,
        "wishlist": desk.wishlist,
        "tab": "members",
        "members": members_for(desk.viewpoint),
    }
    return render(request, "wishlists/members.html", context)

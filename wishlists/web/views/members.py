"""The page of a list's members, for its members."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.web.views.account import web_page
from wishlists.projections.members import groups_for, members_for, project_group_shares
from wishlists.web.forms.lists import ShareForm
from wishlists.web.lookups import page_of_list
from wishlists.web.page_context import PageContext


@require_safe
@login_required
@web_page
def list_members(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    return show_members(request, page_of_list(request, wishlist_id))


def show_members(
    request: HttpRequest, page: PageContext, invite_form: ShareForm | None = None
) -> HttpResponse:
    """Show the page. The owner also sees a form to invite people, perhaps with errors."""
    context = {
        "page": page,
        "wishlist": page.wishlist,
        "tab": "members",
        "members": members_for(page.viewpoint),
        "groups": project_group_shares(groups_for(page.viewpoint)),
        "invite_form": invite_form or ShareForm(auto_id="invite_%s"),
    }
    failed = invite_form is not None and invite_form.errors
    return render(request, "wishlists/members.html", context, status=422 if failed else 200)

"""The admin as a moderator meets it: counts first, and none that tells of giving."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import Tenant, User
from sharing.models import PublicLink, Suggestion
from wishlists.models import Item, Wishlist


class ModerationSite(AdminSite):
    """Counts of what moderators look after. Reservations are not among them: their number is a secret of each list."""

    site_header = _("Wishlist moderation")
    site_title = _("Wishlist moderation")
    index_title = _("What there is")
    index_template = "admin/dashboard.html"
    site_url = "/"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, (extra_context or {}) | {"counts": _counts(request.user)})


def _counts(moderator: Any) -> list[tuple[Any, int]]:
    """Label and number, within the moderator's tenant; superusers see all tenants together."""
    everywhere = moderator.is_superuser

    def within(rows: Any, path: str) -> Any:
        return rows if everywhere else rows.filter(**{path: moderator.tenant_id})

    lists = within(Wishlist.objects.all(), "tenant")
    counts = [
        (_("People"), within(User.objects.filter(is_active=True), "tenant").count()),
        (_("Lists"), lists.live().count()),
        (_("Hidden lists"), lists.exclude(hidden_at=None).filter(removed_at=None).count()),
        (_("Items"), within(Item.objects.live().open_knowledge(), "wishlist__tenant").count()),
        (_("Live public links"), within(PublicLink.objects.live(), "wishlist__tenant").count()),
        (_("Pending suggestions"), within(Suggestion.objects.pending(), "wishlist__tenant").count()),
    ]
    return [(_("Tenants"), Tenant.objects.count()), *counts] if everywhere else counts

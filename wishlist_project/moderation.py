"""The admin site for moderators: an index with counts (none about giving), and no pages of libraries."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import Tenant, User
from accounts.services.signing_in.second_factors import lacks_staff_factor
from core.admin.walled_admin import WalledAdmin
from core.time.moments import format_zone
from moderation.queries.reports import readable_reports
from sharing.models import PublicLink, Suggestion
from wishlists.models import Item, Wishlist

logger = logging.getLogger(__name__)

LEFT_OUT = frozenset({"view_on_site", "autocomplete"})
"""Views of Django's admin that accept any model: they would reveal whether a row exists that has no page here."""


class ModerationSite(AdminSite):
    """The admin site. Only models whose admin is a `WalledAdmin` have pages.

    The index has counts for moderators. Reservations are not counted, because their number is a secret of each list.
    """

    site_header = _("Wishlist moderation")
    site_title = _("Wishlist moderation")
    index_title = _("Contents")
    index_template = "admin/dashboard.html"
    site_url = "/"

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Register only subclasses of WalledAdmin, which separates tenants and keeps the surprise.

        Libraries register their models when they are loaded. The jobs table would show mails to givers, and a job that
        appears when an item is edited would reveal that somebody has reserved it.
        """
        if admin_class is None or not issubclass(admin_class, WalledAdmin):
            logger.debug("The admin leaves out %s: its pages are not a WalledAdmin.", model_or_iterable)
            return
        super().register(model_or_iterable, admin_class, **options)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the site's time zone to the header: all times in the admin are in it."""
        head = _("{site} · times: {zone}").format(site=self.site_header, zone=format_zone())
        return super().each_context(request) | {"site_header": head}

    def get_urls(self) -> list[Any]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in LEFT_OUT]

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not lacks_staff_factor(request.user)  # type: ignore[arg-type]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Send everybody to the log-in of the site, which knows second factors; staff without one to where they set it up."""
        to = request.GET.get(REDIRECT_FIELD_NAME, request.get_full_path())
        if super().has_permission(request):
            messages.warning(request, _("The admin needs a second factor. Set one up, then come back."))
            return redirect("security")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(to, login_url=settings.LOGIN_URL)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        logout(request)
        return redirect(settings.LOGOUT_REDIRECT_URL)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Redirect to the account page, where everybody changes their password and gets a mail about it."""
        return redirect("account")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, (extra_context or {}) | {"counts": _counts(request.user)})


def _counts(moderator: Any) -> list[tuple[Any, int]]:
    """Return labels and counts for the moderator's tenant; for superusers of all tenants."""
    everywhere = moderator.is_superuser

    def within(rows: Any, path: str) -> Any:
        return rows if everywhere else rows.filter(**{path: moderator.tenant_id})

    lists = within(Wishlist.objects.all(), "tenant")
    counts = [
        (_("People"), within(User.objects.filter(is_active=True), "tenant").count()),
        (_("Lists"), lists.live().count()),
        (_("Hidden lists"), lists.exclude(hidden_at=None).filter(removed_at=None).count()),
        (_("Items"), within(Item.objects.live().open_knowledge(), "wishlist__tenant").count()),
        (_("Active public links"), within(PublicLink.objects.live(), "wishlist__tenant").count()),
        (_("Pending reports"), readable_reports(moderator).pending().count()),
        (_("Pending suggestions"), within(Suggestion.objects.pending(), "wishlist__tenant").count()),
    ]
    return [(_("Tenants"), Tenant.objects.count()), *counts] if everywhere else counts

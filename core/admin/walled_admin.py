"""Base classes of the admin's pages: they keep tenants apart, and only services change rows."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.contrib.admin import ModelAdmin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, QueryDict

from core.mailboxes.mailbox_forms import account_mailbox
from core.text.typed_text import one_line

M = TypeVar("M", bound=Model)


class WalledAdmin(ModelAdmin[M]):
    """Shows staff the rows of their own tenant, and superusers all rows.

    `tenant_path` is the lookup from a row to its tenant. The moderation site registers only subclasses of this class.
    Nothing can be deleted here: services withdraw rows. Django's confirmation page would also list all related rows,
    reservations included.
    """

    tenant_path = "tenant"
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(**{self.tenant_path: getattr(request.user, "tenant_id", None)})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        """Search as text, and for a full e-mail address also by its mailbox, so that any spelling finds it."""
        search_term = one_line(search_term)
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        columns = [path for path in self.get_search_fields(request) if path.endswith("email")]
        if "@" not in search_term or not columns:
            return found, may_repeat
        mailbox, theirs = account_mailbox(search_term), Q()
        for path in columns:
            theirs |= Q(**{f"{path.removesuffix('email')}mailbox": mailbox})
        return found | queryset.filter(theirs), may_repeat

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Offer the filter by tenant only to superusers, because it lists the names of all tenants."""
        offered = super().get_list_filter(request)
        return offered if request.user.is_superuser else [f for f in offered if f != self.tenant_path]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Allow only lookups of columns that the list shows or filters by.

        Django allows lookups of every column and related row. Counting the rows of the answer would reveal their values,
        such as what is reserved.
        """
        filters = (name[0] if isinstance(name, tuple) else name for name in self.get_list_filter(request))
        known = {str(name).partition("__")[0] for name in (*self.get_list_display(request), *filters)}
        is_known = lookup.partition("__")[0] in known and _can_be_asked(lookup, value, request.GET)
        return is_known and super().lookup_allowed(lookup, value, request)

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Allow the primary key only. Django fails on the name of a relation that points to the row."""
        return to_field == self.opts.pk.name

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _can_be_asked(lookup: str, value: Any, asked: QueryDict) -> bool:
    """Return whether the database and Django's date hierarchy can handle the lookup: no patterns, and only valid dates."""
    name, *how = lookup.split("__")
    if {"regex", "iregex"} & {*how}:
        return False
    if not {"year", "iso_year", "month", "day"} & {*how}:
        return True
    year, month, day = (asked.get(f"{name}__{part}", default) for part, default in _A_DAY)
    try:
        date(int(year), int(month), int(day))
        return "year" not in lookup or int(value) in _YEARS
    except ValueError:
        return False


_A_DAY = (("year", "2000"), ("month", "1"), ("day", "1"))
_YEARS = range(1000, 9999)
"""Years whose first and last moment exist in every time zone."""


class ReadOnlyAdmin(WalledAdmin[M]):
    """Shows rows without a form to edit them. Changes are made by actions, which call services."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

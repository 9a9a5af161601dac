"""Secret acts of givers: every request of the API and the pages that gives something, with bodies from `bodies.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms

from moderation.web.forms import ReportForm
from sharing.web.forms import guests as guest_forms
from tests.twin_worlds.bodies import Body, Source, bodies, fields_of
from tests.twin_worlds.routes import input_of
from wishlists.web.forms import collections, lists, messages, my_gifts

GIVERS, GUEST, STRANGER = "givers", "guest", "stranger"

_ITEM = "/api/v1/wishlists/{wishlist_id}/items/{item_id}"
_LIST = "/api/v1/wishlists/{wishlist_id}"
_PUBLIC = "/api/v1/public"
_CARD = "/lists/{wishlist_id}/items/{item_id}"
_SHARED = "/s/{token}"
_GUESTS = "/g/{guest_token}"


@dataclass(frozen=True)
class Act:
    """A request of a giver, a known guest, or a stranger who gives a name.

    Bodies have the fields of the route's serializer, or of `form`: only those in `only`, and none of `without`. `fixed` has
    fields with the same value in each body.
    """

    who: str
    method: str
    path: str
    form: type[forms.BaseForm] | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def source(self) -> Source | None:
        if not self.is_api:
            return self.form
        if self.method == "DELETE":
            return None
        return input_of(self.method, self.path.removeprefix("/api/v1/").partition("?")[0])

    def bodies(self, word: str) -> tuple[Body | None, ...]:
        """Return the bodies to send. If the request has no body, the only one is None."""
        source = self.source
        if source is None:
            return (dict(self.fixed),) if self.fixed or not self.is_api else (None,)
        apart = {name for name in fields_of(source) if self.only and name not in self.only}
        return tuple(
            {**body, **self.fixed}
            for body in bodies(source, word, apart_from=frozenset({*apart, *self.without, *self.fixed}))
        )


def _api(method: str, path: str, who: str = GIVERS, **options: Any) -> Act:
    return Act(who, method, path, **options)


def _by_link(method: str, path: str, who: str = GUEST, **options: Any) -> Act:
    return Act(who, method, f"{_PUBLIC}/{path}?token={{token}}", **options)


def _page(path: str, form: type[forms.BaseForm] | None = None, who: str = GIVERS, **options: Any) -> Act:
    return Act(who, "POST", path, form, **options)


_STATUS = ("reservation_status", "reservation_message")

SECRET: tuple[Act, ...] = (
    _api("PATCH", _ITEM, only=_STATUS),
    _api("PATCH", _ITEM, only=_STATUS),
    _api("POST", f"{_ITEM}/reservations"),
    _api("PATCH", "/api/v1/reservations/{reservation_id}"),
    _api("DELETE", "/api/v1/reservations/{reservation_id}"),
    _api("POST", "/api/v1/reservations/checkout"),
    _api("POST", f"{_ITEM}/waiting"),
    _api("DELETE", f"{_ITEM}/waiting"),
    _api("POST", f"{_LIST}/collections"),
    _api("POST", f"{_LIST}/collections", without=("item_id",)),
    _api("PATCH", f"{_LIST}/collections/{{collection_id}}", without=("organiser_id",)),
    _api("PATCH", f"{_LIST}/collections/{{collection_id}}", only=("organiser_id",)),
    _api("DELETE", f"{_LIST}/collections/{{collection_id}}"),
    _api("POST", f"{_LIST}/pot/contributions"),
    _api("POST", f"{_ITEM}/contributions", without=("currency",)),
    _api("PATCH", "/api/v1/contributions/{contribution_id}"),
    _api("DELETE", "/api/v1/contributions/{contribution_id}"),
    _api("POST", f"{_LIST}/items", fixed={"secret": True}),
    _api("POST", f"{_LIST}/items", fixed={"secret": True}, only=("title", "price")),
    _api("PATCH", "/api/v1/items/{secret_id}"),
    _api("POST", f"{_ITEM}/messages", fixed={"lane": "givers"}, without=("answer_to",)),
    _api("DELETE", f"{_ITEM}/messages/{{hushed_id}}"),
    _api("PUT", f"{_LIST}/budget"),
    _page(_CARD, lists.GiveForm, without=("name", "email")),
    _page(f"{_CARD}/chip-in", lists.ChipForm, without=("name", "email")),
    _page(
        f"{_CARD}/talk",
        messages.TalkForm,
        fixed={"lane": "givers"},
        without=("answer_to", "name", "email"),
    ),
    _page(f"{_CARD}/talk/{{hushed_id}}/remove"),
    _page("/lists/{wishlist_id}/items", lists.ItemForm, fixed={"how": "secret"}),
    _page("/lists/{wishlist_id}/budget", my_gifts.BudgetForm, fixed={"currency": "EUR"}),
    _page("/lists/{wishlist_id}/collecting", collections.CollectForm),
    _page("/lists/{wishlist_id}/collecting/{collection_id}", collections.FundForm),
    _page("/lists/{wishlist_id}/collecting/{collection_id}/end"),
    _page("/lists/{wishlist_id}/contributions/{contribution_id}", fixed={"action": "paid"}),
    _page("/lists/{wishlist_id}/contributions/{contribution_id}", fixed={"action": "withdraw"}),
    _page("/gifts/{reservation_id}", my_gifts.GiftForm),
    _page("/gifts/checkout", my_gifts.CheckoutForm, fixed={"ids": "{reservation_id}"}),
    _page("/gifts/waiting/{item_id}"),
    *(
        _api("POST", "/api/v1/reports", fixed={"target": target, "target_id": pk, "reason": "abuse"})
        for target, pk in (
            ("list", "{list_id}"),
            ("item", "{secret_id}"),
            ("message", "{hushed_id}"),
            ("person", "{viewer_id}"),
        )
    ),
    _page("/lists/{list_id}/report", ReportForm),
    _page(f"{_CARD}/talk/{{hushed_id}}/report", ReportForm, fixed={"reason": "abuse"}),
)
"""Acts of members that recipients must not notice under the policy *surprise*."""

SECRET_OF_GUESTS: tuple[Act, ...] = (
    _by_link("PATCH", "wishlists/items/{item_id}"),
    _by_link("PATCH", "wishlists/items/{item_id}", only=("reservation_status",)),
    _by_link("POST", "wishlists/items/{item_id}/contributions", without=("currency",)),
    _by_link("POST", "wishlists/items/{item_id}/waiting"),
    _by_link("DELETE", "wishlists/items/{item_id}/waiting"),
    _by_link("PATCH", "reservations/{reservation_id}"),
    _by_link("PATCH", "contributions/{contribution_id}"),
    _by_link("POST", "pot/contributions"),
    _by_link("PATCH", "wishlists/items/{item_id}", STRANGER, without=("manage_token",)),
    _page(f"{_SHARED}/items/{{item_id}}", lists.GiveForm, STRANGER),
    _page(f"{_SHARED}/items/{{item_id}}/chip-in", lists.ChipForm, STRANGER),
    _page(f"{_SHARED}/collecting/pot", guest_forms.GuestFundForm, STRANGER),
    _page(f"{_SHARED}/collecting/{{collection_id}}", guest_forms.GuestFundForm, STRANGER),
    _page(f"{_SHARED}/report", ReportForm, STRANGER, fixed={"reason": "spam"}),
    Act(
        GUEST,
        "POST",
        "/api/v1/reports?token={token}",
        fixed={"target": "item", "target_id": "{item_id}", "reason": "spam"},
    ),
    _page(f"{_GUESTS}/gifts/{{reservation_id}}", my_gifts.GiftForm, GUEST),
    _page(f"{_GUESTS}/money/{{contribution_id}}", guest_forms.MoneyForm, GUEST),
    _page(f"{_GUESTS}/line/{{item_id}}", who=GUEST),
    _page(f"{_GUESTS}/name", guest_forms.RenameForm, GUEST),
)
"""The same acts by guests, who came by the link."""

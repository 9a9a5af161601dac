"""The log of a list in sentences. Who may read which row is `activity.py`'s to say; kinds without a sentence are left out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from wishlists.models import Activity, Item
from wishlists.projections.rows import Row
from wishlists.queries.activity import project_log, readable_log
from wishlists.web.page_context import PageContext

NEWEST = 100

SENTENCES: dict[str, Promise] = {
    "item_added": gettext_lazy("{who} added “{item}”."),
    "secret_item_added": gettext_lazy("{who} added “{item}”, which only givers see."),
    "item_changed": gettext_lazy("{who} changed “{item}”."),
    "item_deleted": gettext_lazy("{who} removed “{item}”."),
    "item_restored": gettext_lazy("{who} put “{item}” back."),
    "item_set_aside": gettext_lazy("{who} gets “{item}” without help."),
    "item_received": gettext_lazy("{who} has “{item}”."),
    "item_mark_undone": gettext_lazy("{who} still wishes for “{item}”."),
    "item_reserved": gettext_lazy("{who} reserved “{item}”."),
    "item_purchased": gettext_lazy("{who} bought “{item}”."),
    "reservation_released": gettext_lazy("{who} took back “{item}”."),
    "reservation_changed": gettext_lazy("{who} changed what they give of “{item}”."),
    "reservation_lapsed": gettext_lazy("“{item}” was not bought in time and is no longer reserved."),
    "waiting_started": gettext_lazy("{who} waits for “{item}”."),
    "item_offered": gettext_lazy("“{item}” is held for {who}, who waited for it."),
    "contribution_added": gettext_lazy("{who} chipped in for “{item}”."),
    "contribution_changed": gettext_lazy("{who} changed what they chip in for “{item}”."),
    "contribution_withdrawn": gettext_lazy("{who} no longer chips in for “{item}”."),
    "collection_opened": gettext_lazy("{who} collects for “{item}”."),
    "collection_handed_over": gettext_lazy("Somebody else than {who} now collects for “{item}”."),
    "collection_ended": gettext_lazy("Nobody collects for “{item}” any more."),
    "collection_reached": gettext_lazy("Enough was collected for “{item}”."),
    "collection_missed": gettext_lazy("Not enough came together for “{item}” in time."),
    "list_created": gettext_lazy("{who} made the list."),
    "list_changed": gettext_lazy("{who} changed the list."),
    "recipients_changed": gettext_lazy("{who} changed who the list is for."),
    "new_recipient": gettext_lazy("{who} made the list one for {person}, too."),
    "new_recipient_who_saw": gettext_lazy(
        "{who} made the list one for {person}, too. Until then {person} could see who gives what."
    ),
    "list_revealed": gettext_lazy("The secret ended."),
    "moderation_giving_opened": gettext_lazy(
        "{who}, who looks after this site, looked at what was given here."
    ),
    "moderation_giving_refused": gettext_lazy("{who} tried to look at what was given here, and was refused."),
    "member_joined": gettext_lazy("{who} let somebody in."),
    "member_removed": gettext_lazy("{who} removed somebody."),
    "member_left": gettext_lazy("{who} left."),
    "link_created": gettext_lazy("{who} made a link."),
    "link_revoked": gettext_lazy("{who} withdrew the link."),
    "suggestion_added": gettext_lazy("{who} suggested a wish."),
    "suggestion_accepted": gettext_lazy("{who} took a suggestion over."),
}


class Line(NamedTuple):
    at: datetime
    sentence: str


class _NewRecipient(NamedTuple):
    name: str
    saw_giving: bool


def log_lines(page: PageContext) -> list[Line]:
    """The newest lines, newest first: five statements at most, whatever their number."""
    rows = readable_log(page.wishlist, page.viewer).filter(kind__in=SENTENCES)[:NEWEST]
    log = project_log(rows, page.wishlist, page.viewer)
    changes = _recipients_changed(log)
    names = _names(row["user_id"] for row in log)
    titles = dict(Item.objects.filter(pk__in={row["item_id"] for row in log}).values_list("pk", "title"))
    return [
        Line(
            row["created_at"],
            _sentence(row, changes).format(
                who=names.get(row["user_id"], _("Somebody")),
                person=changes[row["id"]].name if row["id"] in changes else "",
                item=titles.get(row["item_id"], page.wishlist.title),
            ),
        )
        for row in log
    ]


def _recipients_changed(log: list[Row]) -> dict[UUID, _NewRecipient]:
    """Who became a recipient, by the row that says so. Asked only where one does."""
    rows = [row["id"] for row in log if row["kind"] == "recipients_changed"]
    if not rows:
        return {}
    found = Activity.objects.filter(pk__in=rows).values_list("pk", "detail")
    details = {pk: detail for pk, detail in found if "person" in detail}
    names = _names(UUID(detail["person"]) for detail in details.values())
    return {
        pk: _NewRecipient(names.get(UUID(detail["person"]), _("Somebody")), detail.get("saw_giving", False))
        for pk, detail in details.items()
    }


def _names(people: Iterable[UUID]) -> dict[UUID, str]:
    return dict(User.objects.filter(pk__in=set(people)).values_list("pk", "display_name"))


def _sentence(row: Row, changes: dict[UUID, _NewRecipient]) -> str:
    change = changes.get(row["id"])
    if change is None:
        return str(SENTENCES[row["kind"]])
    return str(SENTENCES["new_recipient_who_saw" if change.saw_giving else "new_recipient"])

"""The log of a list in sentences. Kinds without a sentence are left out. `queries/activity.py` decides who may read a
row.
"""

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
    "item_set_aside": gettext_lazy("{who} is buying “{item}” themselves."),
    "item_received": gettext_lazy("{who} received “{item}”."),
    "item_mark_undone": gettext_lazy("{who} would like “{item}” after all."),
    "item_reserved": gettext_lazy("{who} reserved “{item}”."),
    "item_purchased": gettext_lazy("{who} bought “{item}”."),
    "reservation_released": gettext_lazy("{who} cancelled the reservation of “{item}”."),
    "reservation_changed": gettext_lazy("{who} changed the reservation of “{item}”."),
    "reservation_lapsed": gettext_lazy(
        "The reservation of “{item}” expired because it wasn't marked as bought in time."
    ),
    "waiting_started": gettext_lazy("{who} joined the waiting list for “{item}”."),
    "item_offered": gettext_lazy("“{item}” is held for {who}, who was next on the waiting list."),
    "contribution_added": gettext_lazy("{who} chipped in for “{item}”."),
    "contribution_changed": gettext_lazy("{who} changed their contribution for “{item}”."),
    "contribution_withdrawn": gettext_lazy("{who} withdrew their contribution for “{item}”."),
    "collection_opened": gettext_lazy("{who} started a group gift: “{item}”."),
    "collection_handed_over": gettext_lazy("{who} handed over the group gift “{item}”."),
    "collection_ended": gettext_lazy("The group gift “{item}” ended."),
    "collection_reached": gettext_lazy("The group gift “{item}” is fully funded."),
    "collection_missed": gettext_lazy("The group gift “{item}” didn't reach its target in time."),
    "list_created": gettext_lazy("{who} created the list."),
    "list_changed": gettext_lazy("{who} changed the list."),
    "recipients_changed": gettext_lazy("{who} changed who the list is for."),
    "new_recipient": gettext_lazy("{who} made {person} a recipient of the list."),
    "new_recipient_who_saw": gettext_lazy(
        "{who} made {person} a recipient of the list. Until then {person} could see who gives what."
    ),
    "list_revealed": gettext_lazy("The gifts were revealed."),
    "list_handed_over": gettext_lazy("{who}, a moderator of this site, gave the list to another owner."),
    "moderation_giving_opened": gettext_lazy(
        "{who}, a moderator of this site, looked at who gives what here."
    ),
    "moderation_giving_refused": gettext_lazy(
        "{who}, a moderator of this site, tried to see who gives what here and was refused."
    ),
    "member_joined": gettext_lazy("{who} added someone to the list."),
    "member_removed": gettext_lazy("{who} removed someone from the list."),
    "member_left": gettext_lazy("{who} left the list."),
    "group_added": gettext_lazy("{who} shared the list with a group."),
    "group_removed": gettext_lazy("{who} stopped sharing the list with a group."),
    "person_invited": gettext_lazy("{who} sent an invitation."),
    "invitation_accepted": gettext_lazy("{who} accepted an invitation and joined the list."),
    "invitations_revoked": gettext_lazy("{who} revoked all invitations."),
    "link_created": gettext_lazy("{who} created the link."),
    "link_revoked": gettext_lazy("{who} deleted the link."),
    "suggestion_added": gettext_lazy("{who} suggested a wish."),
    "suggestion_accepted": gettext_lazy("{who} added a suggestion to the list."),
}


class Line(NamedTuple):
    at: datetime
    sentence: str


class _NewRecipient(NamedTuple):
    name: str
    saw_giving: bool


def log_lines(page: PageContext) -> list[Line]:
    """Return the newest lines, newest first. Runs at most five statements, however many lines there are."""
    rows = readable_log(page.viewpoint).filter(kind__in=SENTENCES)[:NEWEST]
    log = project_log(rows, page.viewpoint)
    changes = _recipients_changed(log)
    names = _names(row["user_id"] for row in log)
    titles = dict(Item.objects.filter(pk__in={row["item_id"] for row in log}).values_list("pk", "title"))
    return [
        Line(
            row["created_at"],
            _sentence(row, changes).format(
                who=names.get(row["user_id"], _("Someone")),
                person=changes[row["id"]].name if row["id"] in changes else "",
                item=titles.get(row["item_id"], page.wishlist.title),
            ),
        )
        for row in log
    ]


def _recipients_changed(log: list[Row]) -> dict[UUID, _NewRecipient]:
    """Return the new recipients by the id of the row about them. Runs no statement if there are none."""
    rows = [row["id"] for row in log if row["kind"] == "recipients_changed"]
    if not rows:
        return {}
    found = Activity.objects.filter(pk__in=rows).values_list("pk", "detail")
    details = {pk: detail for pk, detail in found if "person" in detail}
    names = _names(UUID(detail["person"]) for detail in details.values())
    return {
        pk: _NewRecipient(names.get(UUID(detail["person"]), _("Someone")), detail.get("saw_giving", False))
        for pk, detail in details.items()
    }


def _names(people: Iterable[UUID]) -> dict[UUID, str]:
    return dict(User.objects.filter(pk__in=set(people)).values_list("pk", "display_name"))


def _sentence(row: Row, changes: dict[UUID, _NewRecipient]) -> str:
    change = changes.get(row["id"])
    if change is None:
        return str(SENTENCES[row["kind"]])
    return str(SENTENCES["new_recipient_who_saw" if change.saw_giving else "new_recipient"])

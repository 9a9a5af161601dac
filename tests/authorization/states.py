"""States of the list in which other answers are expected than in the table, and what these are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sharing.services.links import revoke_link
from tests.authorization.cast import Cast
from tests.authorization.roles import Row
from wishlists.models import Member, Wishlist
from wishlists.services.lists.lists import remove_wishlist
from wishlists.services.lists.people import remove_member
from wishlists.services.lists.reveal import reveal_wishlist
from wishlists.services.moderating import hide_wishlist

Answers = Mapping[str, int | str]
"""By pattern of operations: a status, or the role whose status of the table it is. The first pattern that matches counts.
"""
AS_EVER = ""
"""What the table says for the role itself. Also the answer to operations that no pattern matches."""


@dataclass(frozen=True)
class State:
    """`prepare` brings the state about. `different` has the roles that are asked, and what differs from the table."""

    prepare: Callable[[Cast], object]
    different: Mapping[str, Answers]


def hide(cast: Cast) -> None:
    hide_wishlist(wishlist=cast.wishlist, by=cast.people["moderator"], reason="x")


def delete(cast: Cast) -> None:
    remove_wishlist(wishlist=cast.wishlist, by=cast.people["owner"])


def reveal(cast: Cast) -> None:
    reveal_wishlist(wishlist=cast.wishlist, by=cast.people["owner"])


def keep_for_somebody(cast: Cast) -> None:
    Member.objects.filter(wishlist=cast.wishlist, role="owner").update(is_recipient=False)


def revoke(cast: Cast) -> None:
    revoke_link(wishlist=cast.wishlist, by=cast.people["owner"])


def open_to_all(cast: Cast) -> None:
    Wishlist.objects.filter(pk=cast.wishlist.pk).update(is_public=True)


def deactivate_tenant(cast: Cast) -> None:
    tenant = cast.wishlist.tenant
    tenant.is_active = False
    tenant.save(update_fields=["is_active"])


def remove_viewer(cast: Cast) -> None:
    remove_member(wishlist=cast.wishlist, user=cast.people["viewer"], by=cast.people["owner"])


_GONE: Answers = {"* wishlists/{wishlist_id}*": 404, "* items/*": 404, "* public/*": 404}

STATES: dict[str, State] = {
    "hidden by a moderator": State(
        hide,
        {
            "owner": _GONE,
            "viewer": {**_GONE, "* reservations/*": 404, "* contributions/*": 404},
            "guest": {"POST public/guests/take-over": AS_EVER, "* public/*": 404},
        },
    ),
    # Givers keep what they reserved, and money that was pledged is free again.
    "deleted": State(
        delete,
        {
            "owner": _GONE,
            "viewer": {**_GONE, "* contributions/*": 404},
            "guest": {"POST public/guests/take-over": AS_EVER, "* public/*": 404},
        },
    ),
    "tenant deactivated": State(
        deactivate_tenant,
        {
            "owner": {"GET public/*": 410, "*": 401},
            "super admin": {"*": 401},
            "guest": {"POST public/guests/take-over": AS_EVER, "* public/*": 410},
        },
    ),
    "link revoked": State(
        revoke,
        {
            "owner": {"POST */public-link": 201, "* public/*": 403},
            "guest": {"POST public/guests/take-over": AS_EVER, "* public/*": 403},
        },
    ),
    "revealed": State(
        reveal,
        {
            "owner": {
                "GET */activity.csv": 200,
                "GET */collections/*": 200,
                "* */collections/*": 403,
                "GET */gifts": 200,
                "POST */thanks/*/send": AS_EVER,  # there is no note yet
                "* */thanks*": 200,
            },
            "viewer": {"GET */gifts": 200, "* */thanks*": 403},
        },
    ),
    # The owner gives like others.
    "kept for somebody": State(
        keep_for_somebody,
        {
            "owner": {
                "GET */activity.csv": 200,
                "* */budget": "editor",
                "GET */waiting": 404,
                "POST */waiting": 201,
                "DELETE */waiting": 204,
                "* */collections*": "editor",
                "POST */reservations": "editor",
                "POST */contributions": "editor",
                "POST */messages": "editor",
                "POST */reveal": 403,
                "POST public/guests/take-over": 200,
            }
        },
    ),
    "open to everybody": State(
        open_to_all,
        {
            "stranger": {
                "* public/*": AS_EVER,  # the stranger has no link
                "* groups/*": AS_EVER,
                "* shopping-lists/*": AS_EVER,
                "GET */groups": 403,
                "GET */members": 403,
                "GET */recipients": 403,
                "DELETE */shares/*": 403,
                "DELETE */members/*": 403,
                "GET */collections*": "viewer",
                "* */collections*": 403,
                "POST */messages": 403,
                "DELETE */messages/*": 404,
                "POST */waiting": 201,
                "* */gifts": 403,
                "* */thanks*": 403,
                "* wishlists/{wishlist_id}*": "viewer",
                "* items/*": "viewer",
            },
            "other tenant": {},
        },
    ),
    "member removed": State(
        remove_viewer,
        {
            "viewer": {
                "* wishlists/{wishlist_id}*": 404,
                "* items/*": 404,
                "PUT reservations/*": 403,
                "PATCH reservations/*": 403,
                "POST public/guests/take-over": 403,
            },
        },
    ),
}
"""Archived lists and deactivated tenants are states, too. A state that others bring about costs a line here."""


def about_list(operation: str) -> bool:
    """Return whether the answer may depend on the state of the list."""
    return "{" in operation or " public/" in operation


def expected_in(state: State, operation: str, table: Mapping[str, Row]) -> dict[str, int]:
    """Return the expected status for each role that is asked in this state."""
    found = {}
    for role, answers in state.different.items():
        matching = (answer for pattern, answer in answers.items() if fnmatchcase(operation, pattern))
        answer = next(matching, AS_EVER)
        found[role] = answer if isinstance(answer, int) else table[operation].expected[answer or role]
    return found

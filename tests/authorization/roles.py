"""The words in which the table is written: who asks, and the groups of people to whom something is allowed.

A row is `group(status, body)`. Everybody in the group gets that status, and the group says what all others get. `but`
names the few who get something else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

BY_LINK = ("visitor", "guest")
"""They have the public link and no account. The guest has given a name, and sends the manage token."""
ENDED = ("ended session", "deactivated")
"""They were editors. They send the access token that they got then, and the link."""
TOKEN = "token without scopes"
"""A personal API token of the owner that has no scope."""
MEMBERS = ("owner", "editor", "viewer", "recipient")
"""The list is for the owner and for `recipient`, a viewer. All members have the link, too."""
OUTSIDE = ("stranger", "other tenant", "moderator", "super admin")
"""Signed in, and not on the list. Only `other tenant` has the link, and administrates that tenant."""

SIGNED_IN = (*MEMBERS, *OUTSIDE)
ROLES = ("anonymous", *BY_LINK, *ENDED, TOKEN, *SIGNED_IN)
WITH_LINK = (*BY_LINK, *ENDED, *MEMBERS, "other tenant")

Statuses = Mapping[str, int]


@dataclass(frozen=True)
class Row:
    """What each role is answered, and the request: its body, its query, and which things of the cast stand in it.

    `at` maps parameters of the address to names of things, where these differ.
    """

    expected: Statuses
    body: Any = None
    query: str = ""
    at: Mapping[str, str] = field(default_factory=dict)

    def but(self, **statuses: int) -> Row:
        """Return this row with another status for some roles. In keywords, `_` stands for a space."""
        named = {name.replace("_", " "): status for name, status in statuses.items()}
        assert named.keys() <= set(ROLES), named
        return replace(self, expected={**self.expected, **named})


Group = Callable[..., Row]


def _group(*inside: str, others: Statuses) -> Group:
    def row(status: int, body: Any = None, *, query: str = "", **at: str) -> Row:
        return Row({**others, **dict.fromkeys(inside, status)}, body, query, at)

    return row


def _account(*inside: str, others: int, refused: Statuses | None = None) -> Group:
    """A group of people who log in. Without a valid access token: 401; with a token that lacks the scope: 403."""
    statuses = {**dict.fromkeys(ROLES, 401), **dict.fromkeys(SIGNED_IN, others), TOKEN: 403}
    return _group(*inside, others=statuses | dict(refused or {}))


def _on_list(*inside: str) -> Group:
    """Other members are refused. For people outside the list does not exist."""
    return _account(*inside, others=404, refused=dict.fromkeys(MEMBERS, 403))


def _by_link(*inside: str, reading: bool = False, refused: Statuses | None = None) -> Group:
    """Without the link: 400. A bad access token is ignored where something is read only."""
    ended = dict.fromkeys(ENDED, 400 if reading else 401)
    return _group(*inside, others={**dict.fromkeys(ROLES, 400), **ended, TOKEN: 403, **(refused or {})})


everybody = _group(*ROLES, others={})
"""Nobody needs a credential, and a bad one is ignored."""
signed_in = _account(*SIGNED_IN, others=401)

members = _on_list(*MEMBERS)
givers = _on_list("editor", "viewer")
editors = _on_list("owner", "editor")
recipients = _on_list("owner", "recipient")
owner = _on_list("owner")

only_viewer = _account("viewer", others=404)
"""For what the viewer has, such as a reservation or a notification. For others it does not exist."""
only_owner = _account("owner", others=404)

moderators = _account("moderator", "super admin", others=403)
super_admins = _account("super admin", others=403)
admins = _account("super admin", "other tenant", others=403)

readers_by_link = _by_link(*WITH_LINK, reading=True)
writers_by_link = _by_link(*BY_LINK, *MEMBERS, "other tenant")
givers_by_link = _by_link(
    "guest", "editor", "viewer", "other tenant", refused={"owner": 403, "recipient": 403}
)


def _on_guests_own(*, reading: bool = False) -> Group:
    return _by_link("guest", reading=reading, refused=dict.fromkeys((*MEMBERS, "other tenant"), 404))


only_guest = _on_guests_own()
"""For what the guest has. Others with the link don't find it."""
only_guest_reads = _on_guests_own(reading=True)
guests = _by_link("guest")
"""For what a guest does as a guest, who sends the manage token."""

"""Viewers of a list, the audiences that they belong to, and how much each audience sees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User
    from wishlists.models.people import Guest


class Audience(StrEnum):
    """The group of viewers that reads a stream.

    Each has its own numbering. With a shared counter, recipients would see from gaps that something happened.
    """

    RECIPIENT = "recipient"
    GIVER = "giver"
    PUBLIC = "public"
    VISITOR = "visitor"
    """A viewer by link whom we don't know yet, on a list that asks guests for their name first."""

    @property
    def is_outside(self) -> bool:
        """Whether the viewer came by a link or reads a public list. These viewers are not shown the list's people."""
        return self in (Audience.PUBLIC, Audience.VISITOR)


class Sight(StrEnum):
    """How much of giving a projection shows.

    HIDDEN: nothing of giving and no people. BLIND: nothing of giving. STATUS: taken or not. TOTALS: amounts without
    people. FULL: everything.
    """

    HIDDEN = "hidden"
    BLIND = "blind"
    STATUS = "status"
    TOTALS = "totals"
    FULL = "full"

    @property
    def sees_giving(self) -> bool:
        """Whether anything of what givers do is shown."""
        return self not in (Sight.HIDDEN, Sight.BLIND)

    @property
    def sees_secrets(self) -> bool:
        """Whether secret additions are shown. The public doesn't see them, because a recipient could use the public
        link.
        """
        return self is Sight.FULL


class Scope(StrEnum):
    """Whom a change concerns. EDIT: everybody. UNITS: everybody who sees how much is taken. GIVING: other details, for
    givers.
    """

    EDIT = "edit"
    UNITS = "units"
    GIVING = "giving"


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks at a list: a user, a guest, or (with neither) an unknown browser. `by_link`: came by a public
    link.
    """

    user: User | None = None
    guest: Guest | None = None
    by_link: bool = False

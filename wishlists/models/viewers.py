"""Somebody who looks at a list, the audiences that they fall into, and how much each may see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User
    from wishlists.models.people import Guest


class Audience(StrEnum):
    """Who reads a stream. Each has its own sequence: a shared counter would tell recipients, by its gaps."""

    RECIPIENT = "recipient"
    GIVER = "giver"
    PUBLIC = "public"
    VISITOR = "visitor"
    """A browser of which nobody knows who is in front of it, on a list whose guests identify themselves first."""

    @property
    def is_outside(self) -> bool:
        """Came by a link, or reads a public list: is told of no people."""
        return self in (Audience.PUBLIC, Audience.VISITOR)


class Sight(StrEnum):
    """What a projection shows. HIDDEN: nothing of giving and no person. BLIND: nothing of giving. STATUS: taken or not.
    TOTALS: no person. FULL: everything."""

    HIDDEN = "hidden"
    BLIND = "blind"
    STATUS = "status"
    TOTALS = "totals"
    FULL = "full"

    @property
    def sees_giving(self) -> bool:
        """Anything at all of what givers do."""
        return self not in (Sight.HIDDEN, Sight.BLIND)

    @property
    def sees_secrets(self) -> bool:
        """What givers added in secret. The public sees less than everything, for anybody may sit in front of it."""
        return self is Sight.FULL


class Scope(StrEnum):
    """How far a change reaches. EDIT: what everybody may see. UNITS: how much is taken. GIVING: anything else of givers."""

    EDIT = "edit"
    UNITS = "units"
    GIVING = "giving"


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks: an account, a guest, or (neither) an unidentified browser. `by_link`: came by a public link."""

    user: User | None = None
    guest: Guest | None = None
    by_link: bool = False

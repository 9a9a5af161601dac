"""The revision of a list for one audience: a text that changes exactly when something changes that this audience sees.

It is the position of the audience's stream. `realtime` builds on this app and registers it at start-up. Each audience
has its own, so what givers do changes nothing for recipients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import Combinable

from wishlists.models.viewers import Audience

Revisions = Callable[[UUID, Audience], str]
RevisionColumn = Callable[[str, Audience], Combinable]
"""Makes the column of a statement that says the revision, from the name of the column with the list's id."""

_known: list[tuple[Revisions, RevisionColumn]] = []


def register_revisions(revision: Revisions, column: RevisionColumn) -> None:
    _known[:] = [(revision, column)]


def revision_of(wishlist_id: UUID, audience: Audience) -> str:
    """Return the revision. Read it before the state that it names: a change in between then gets an older name, and is
    sent again.
    """
    return _known[0][0](wishlist_id, audience)


def with_revisions(rows: QuerySet[Any, Any], of: str, audiences: Iterable[Audience]) -> QuerySet[Any, Any]:
    """Annotate the revisions for these audiences, of the list whose id is in the column `of`. Only `take_revision` reads
    them.
    """
    column = _known[0][1]
    annotated: QuerySet[Any, Any] = rows.annotate(**{_name(one): column(of, one) for one in audiences})
    return annotated


def take_revision(row: Any, audience: Audience) -> str:
    """Return the revision that `with_revisions` has read for this audience: the same as `revision_of`."""
    return vars(row)[_name(audience)] or ""


def _name(audience: Audience) -> str:
    return f"revision_of_{audience}"

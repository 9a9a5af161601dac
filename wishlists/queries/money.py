"""Contributions, found for the giver who made them."""

from __future__ import annotations

from uuid import UUID

from wishlists.models import Contribution
from wishlists.models.viewers import Viewer
from wishlists.projections.money import contributions_by, project_own_contributions
from wishlists.projections.rows import Row, the_one
from wishlists.refusals import NoSuchContribution


def find_contribution(giver: Viewer, contribution_id: UUID) -> Contribution:
    """Only what `giver` chipped in; other people's are as if they were not there. Ready for services."""
    found = contributions_by(giver).select_related("item__wishlist", "pot").filter(pk=contribution_id).first()
    if found is None:
        raise NoSuchContribution
    return found


def own_contribution(giver: Viewer, contribution_id: UUID) -> Row:
    """As it now is; other people's are as if they were not there."""
    rows = project_own_contributions(contributions_by(giver).filter(pk=contribution_id), giver)
    return the_one(rows, NoSuchContribution)

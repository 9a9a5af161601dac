"""Find contributions for the giver who made them."""

from __future__ import annotations

from uuid import UUID

from wishlists.models import Contribution
from wishlists.models.viewers import Viewer
from wishlists.projections.money import contributions_by, project_own_contributions
from wishlists.projections.rows import Row, the_one
from wishlists.refusals import NoSuchContribution


def find_contribution(giver: Viewer, contribution_id: UUID) -> Contribution:
    """Return a contribution of `giver` with its item and list, ready for services. Raises `NoSuchContribution`, also
    for other people's.
    """
    found = contributions_by(giver).select_related("item__wishlist", "pot").filter(pk=contribution_id).first()
    if found is None:
        raise NoSuchContribution
    return found


def own_contribution(giver: Viewer, contribution_id: UUID) -> Row:
    """Return a contribution of `giver` as the projection shows it. Raises `NoSuchContribution`, also for other
    people's.
    """
    rows = project_own_contributions(contributions_by(giver).filter(pk=contribution_id), giver)
    return the_one(rows, NoSuchContribution)

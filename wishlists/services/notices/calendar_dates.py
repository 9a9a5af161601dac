"""The days of a user's lists, for their calendar: what everybody on the list sees, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from notices.access.dates import CalendarDate
from wishlists.models import Wishlist
from wishlists.projections.wishlists import project_wishlist


def list_dates(user: User) -> Iterator[CalendarDate]:
    """Yield the day of the occasion, and the day of the reveal, of each list that the user owns or is on."""
    for wishlist in Wishlist.objects.shared_with(user).order_by("pk"):
        row = project_wishlist(wishlist)
        days = {"due": (row["due_date"], row["title"]), "reveal": (row["reveal_on"], _reveal(row["title"]))}
        for name, (day, title) in days.items():
            if day is not None:
                key, page = f"{name} {row['id']}", f"/lists/{row['id']}"
                yield CalendarDate(key, title, day, row["updated_at"], page)


def _reveal(title: str) -> str:
    return _("“%(list)s”: gifts are revealed") % {"list": title}

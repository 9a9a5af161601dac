"""The birthdays of the people that a user gives to, for the user's calendar."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notices.queries.dates import CalendarDate
from people.models import Person


def birthdays(user: User) -> Iterator[CalendarDate]:
    """Yield the birthdays of this year and the next. A yearly rule would leave out 29 February in most years."""
    this_year = timezone.localdate().year
    for person in Person.objects.live().of(user).exclude(birthday="").order_by("pk"):
        for year in (this_year, this_year + 1):
            if person.born is not None:
                title = _("%(name)s's birthday") % {"name": person.name}
                day = person.born.in_year(year)
                yield CalendarDate(f"birthday {person.pk} {year}", title, day, person.updated_at)

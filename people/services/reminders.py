"""Remind users of birthdays, once a year, some days before.

The row says on which day its reminder is due, so finding those of today needs no arithmetic in the database. The next
year's day is written in the transaction that creates the notification: after a crash there are both or neither.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services.inbox import notify
from core.db.change import change, lock
from core.jobs.sweeping import sweep
from people.models import Person

BIRTHDAY_SOON = "birthday_soon"


def plan_reminder(person: Person) -> None:
    """Set the day of the next reminder. If this year's would have been before today, it is tomorrow."""
    born, today = person.born, timezone.localdate()
    if born is None or person.remind_days is None:
        person.remind_on = None
        return
    tomorrow = today + timedelta(days=1)
    planned = born.next_from(tomorrow) - timedelta(days=person.remind_days)
    person.remind_on = max(planned, tomorrow)


def remind_of_birthdays() -> int:
    """Remind everybody whose reminder is due."""
    due = Person.objects.live().filter(remind_on__lte=timezone.localdate(), owner__is_active=True)
    return sweep(_remind, due.values_list("pk", flat=True), what="Reminder of a birthday")


@change()
def _remind(pk: UUID) -> bool:
    """Remind of one birthday if it is still due. Checked again under the lock: another worker may have done it."""
    today = timezone.localdate()
    person = lock(Person.objects.live().filter(pk=pk, remind_on__lte=today).select_related("owner")).first()
    if person is None or person.born is None or person.remind_days is None:
        return False
    day = person.born.next_from(today)
    _tell(person, day, (day - today).days)
    following = person.born.next_from(day + timedelta(days=1))
    person.remind_on = following - timedelta(days=person.remind_days)
    person.save(update_fields=["remind_on"])
    return True


def _tell(person: Person, day: date, days: int) -> None:
    title = (
        ngettext("%(name)s's birthday is in %(days)d day", "%(name)s's birthday is in %(days)d days", days)
        if days
        else _("%(name)s's birthday is today")
    )
    age = person.born.age_on(day) if person.born else None
    notify(
        users=[person.owner],
        kind=BIRTHDAY_SOON,
        title=title % {"name": person.name, "days": days},
        body=_("%(name)s turns %(age)d.") % {"name": person.name, "age": age} if age else "",
        payload={"person_id": str(person.pk), "name": person.name, "day": day.isoformat(), "age": age},
        about=f"birthday {person.pk}",
    )

"""The people to whom somebody gives."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db.models import UUIDModel
from core.text.text_columns import LineColumn, LinesColumn
from people.birthdays import Birthday, stored_birthday

MAX_NAME = 80


class PersonQuerySet(models.QuerySet["Person"]):
    def live(self) -> PersonQuerySet:
        return self.filter(removed_at=None)

    def of(self, user: User) -> PersonQuerySet:
        """People whom `user` may see and edit."""
        return self.filter(owner=user, owner__tenant_id=user.tenant_id)


class Person(UUIDModel):
    """Somebody to whom `owner` gives. They need no account, and never learn what is noted here.

    `user` is their account, if they have one. `birthday` is text, because its year may be unknown (people/birthdays.py).
    """

    owner = models.ForeignKey(User, models.PROTECT, related_name="people")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    name = LineColumn(_("name"), max_length=MAX_NAME)
    birthday = models.CharField(max_length=10, blank=True)
    sizes = models.JSONField(default=dict)
    likes = LinesColumn(blank=True)
    dislikes = LinesColumn(blank=True)
    notes = LinesColumn(blank=True)
    remind_days = models.PositiveSmallIntegerField(null=True, default=14)
    """How many days before the birthday its owner is reminded. None: never."""
    remind_on = models.DateField(null=True, editable=False)
    """The day of the next reminder (people/services/reminders.py)."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("owner", "name", name="person_of_owner"),
            models.Index("remind_on", condition=Q(remind_on__isnull=False), name="person_to_remind"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def born(self) -> Birthday | None:
        return stored_birthday(self.birthday)

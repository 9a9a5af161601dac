"""The refusals about people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors.refusals import NotFound, Refusal


class NoSuchPersonOfMine(NotFound):
    default_code = "no_such_person"
    default_detail = _("This person isn't among your people.")


class NoSuchAccount(NotFound):
    default_code = "no_such_person"
    default_detail = _("Nobody here has this id.")


class PeopleFull(Refusal):
    default_code = "people_full"
    default_detail = _("You already have 2,000 people. Remove some first.")

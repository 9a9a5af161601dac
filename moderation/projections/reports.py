"""How reports look: to the person who reported, and to moderators."""

from __future__ import annotations

from enum import StrEnum
from operator import attrgetter
from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.projections.people import person
from core.projections.fields import READER, Field, Projection, Reader
from moderation.models import Decision, Report

Row = dict[str, Any]


class Desk(StrEnum):
    """What a moderator sees of a report. CLOSED: nothing that only givers see, because they have not opened the list."""

    OPENED = "opened"
    CLOSED = "closed"


ON_DESK = frozenset(Desk)


def _target_id(report: Report, _: Any) -> UUID | None:
    return report.message_id or report.item_id or report.person_id or report.wishlist_id


def _someone(user: User | None) -> Row | None:
    return person(user) if user else None


def decision_on(report: Report) -> Decision | None:
    """Return the decision, which was selected with the report."""
    return getattr(report, "decision", None)


def _of_decision(name: str) -> Any:
    return lambda report, _: getattr(decision_on(report), name, None)


REPORTED = Projection(
    "reported",
    Reader,
    Field("id", sights=READER),
    Field("target", sights=READER),
    Field("target_id", sights=READER, get=_target_id),
    Field("reason", sights=READER),
    Field("details", sights=READER, empty_is_null=True),
    Field("created_at", sights=READER),
    read=attrgetter,
)
"""A report, for the person who made it."""

REPORT = Projection(
    "report",
    Desk,
    Field("id", sights=ON_DESK),
    Field("target", sights=ON_DESK),
    Field("target_id", sights=ON_DESK, get=_target_id),
    Field("wishlist_id", sights=ON_DESK),
    Field("wishlist_title", sights=ON_DESK, get=lambda report, _: report.wishlist and report.wishlist.title),
    Field("about", sights={Desk.OPENED}, get=lambda report, _: _someone(report.about)),
    Field("quoted", sights={Desk.OPENED}, empty_is_null=True),
    Field("is_about_giving", sights=ON_DESK),
    Field("reason", sights=ON_DESK),
    Field("details", sights=ON_DESK, empty_is_null=True),
    Field("reported_by", sights=ON_DESK, get=lambda report, _: _someone(report.user)),
    Field("created_at", sights=ON_DESK),
    Field("resolution", sights=ON_DESK, get=_of_decision("resolution")),
    Field("note", sights=ON_DESK, get=_of_decision("note")),
    Field(
        "decided_by", sights=ON_DESK, get=lambda report, _: _someone(getattr(decision_on(report), "by", None))
    ),
    Field("decided_at", sights=ON_DESK, get=_of_decision("created_at")),
    read=attrgetter,
)
"""A report, for moderators. Who of the guests reported it is not said: people become guests by giving."""


def project_reported(report: Report) -> Row:
    return REPORTED.project(report, Reader.READER)


def desk_of(report: Report, opened: set[Any]) -> Desk:
    """Return what a moderator sees who has opened the lists with these ids."""
    return Desk.CLOSED if report.is_about_giving and report.wishlist_id not in opened else Desk.OPENED


def project_report(report: Report, opened: set[Any]) -> Row:
    return REPORT.project(report, desk_of(report, opened))

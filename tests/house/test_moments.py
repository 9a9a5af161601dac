"""Times on pages and in mails name their zone: the list's, or otherwise the site's (docs/forms.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import formats, translation
from pytest_django.plugin import DjangoDbBlocker

from conftest import _person
from core.time.moments import format_deadline, format_moment, format_zone
from sharing.guest_mail_texts import mail_context
from sharing.models import GuestLetter, PublicLink
from tests.forms.routes import page_routes
from tests.forms.stage import ALICE, BOB, Stage
from tests.support.stages import rolled_back
from wishlists.models import Guest, Reservation, Wishlist

ROOT = Path(__file__).resolve().parents[2] / "templates"

pytestmark = pytest.mark.both  # so that every page is asked once on PostgreSQL, too
LA = "America/Los_Angeles"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


# --- in words -----------------------------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize(
    ("moment", "zone", "shown"),
    [
        (at(2026, 12, 4, 4), LA, "Dec. 3, 2026, 8 p.m. (Los Angeles time)"),
        (at(2026, 12, 3, 20), "", "Dec. 3, 2026, 8 p.m. UTC"),
        (at(2026, 12, 3, 20), "Etc/UTC", "Dec. 3, 2026, 8 p.m. UTC"),
        (at(2026, 12, 3, 20), "Europe/Berlin", "Dec. 3, 2026, 9 p.m. (Berlin time)"),
        (at(2026, 12, 3, 20), "Asia/Kathmandu", "Dec. 4, 2026, 1:45 a.m. (Kathmandu time)"),
        (at(2026, 12, 3, 20), "Etc/GMT+5", "Dec. 3, 2026, 3 p.m. (UTC−5)"),
        # The night in which one hour occurs twice, and the night in which one hour is skipped.
        (at(2026, 10, 25, 0, 30), "Europe/Berlin", "Oct. 25, 2026, 2:30 a.m. (Berlin time, UTC+2)"),
        (at(2026, 10, 25, 1, 30), "Europe/Berlin", "Oct. 25, 2026, 2:30 a.m. (Berlin time, UTC+1)"),
        (at(2026, 11, 1, 8, 30), LA, "Nov. 1, 2026, 1:30 a.m. (Los Angeles time, UTC−7)"),
        (at(2026, 11, 1, 9, 30), LA, "Nov. 1, 2026, 1:30 a.m. (Los Angeles time, UTC−8)"),
        (at(2026, 3, 29, 1), "Europe/Berlin", "March 29, 2026, 3 a.m. (Berlin time)"),
    ],
)
def test_moment_names_its_zone(moment: datetime, zone: str, shown: str) -> None:
    assert format_moment(moment, zone) == shown


@pytest.mark.once
@pytest.mark.parametrize(
    ("moment", "zone", "shown"),
    [
        (at(2026, 12, 4, 8), LA, "Dec. 3, 2026 (Los Angeles time)"),
        (at(2026, 12, 4, 8, 1), LA, "Dec. 4, 2026, 12:01 a.m. (Los Angeles time)"),
        (at(2026, 3, 29, 22), "Europe/Berlin", "March 29, 2026 (Berlin time)"),
        # Beirut skips midnight: the day begins at one.
        (at(2026, 3, 28, 22), "Asia/Beirut", "March 28, 2026 (Beirut time)"),
        (at(2026, 12, 4), "", "Dec. 3, 2026 (UTC)"),
    ],
)
def test_deadline_shows_its_last_day(moment: datetime, zone: str, shown: str) -> None:
    assert format_deadline(moment, zone) == shown


@pytest.mark.once
def test_places_are_named_in_the_language_of_the_page() -> None:
    with translation.override("de"):
        assert "Kalkutta" in format_zone("Asia/Kolkata")
        assert format_moment(at(2026, 12, 3, 20), "Europe/Berlin").startswith("3. Dezember 2026 21:00 (")


# --- every template -----------------------------------------------------------------------------------------------

DAYS = {"due_date", "last_day"}
TEXTS = {"card.until", "collection.until", "until", "sent_at", "at", "date"}
"""Values that `format_moment`, `format_deadline` or the filter in `blocktranslate` has formatted already."""
VALUE = re.compile(
    r"(?<![\w.])((?:\w+\.)*(?:\w+_at|at|until|deadline|moment|\w*date))(?!\w)((?:\|\w+(?::[^\s}|]+)?)*)"
)
TOLD = ("|moment", "|deadline")


def bare_moments(source: str) -> list[str]:
    """Return the values named like moments that are written without a filter that names a zone."""
    found = []
    written = re.findall(r"{{(.*?)}}|{%\s*blocktranslate(.*?)%}", source, re.DOTALL)
    for text in ("".join(pair) for pair in written):
        for name, filters in VALUE.findall(re.sub(r"\b\w+=", "", text)):
            is_day = name.rpartition(".")[2] in DAYS
            if (name in TEXTS and not filters) or is_day or filters.startswith(TOLD):
                continue
            if filters.replace('"', "'") in ("|date:'c'", "|date:'Y-m-d'"):
                continue
            found.append(name + filters)
    return found + re.findall(r"{%\s*now\b.*?%}|\|time\b|\|timesince\b|\|localtime\b", source)


@pytest.mark.once
def test_no_template_writes_a_moment_without_its_zone() -> None:
    found = {str(path.relative_to(ROOT)): bare_moments(path.read_text()) for path in ROOT.rglob("*.*")}
    assert {name: values for name, values in found.items() if values} == {}


@pytest.mark.once
@pytest.mark.parametrize(
    "source",
    [
        "{{ link.expires_at }}",
        '{{ line.at|date:"SHORT_DATETIME_FORMAT" }}',
        "{% blocktranslate trimmed with until=row.lapses_at %}{{ until }}{% endblocktranslate %}",
        "{{ mail.sent_at|time }}",
        '{% now "H:i" %}',
    ],
)
def test_control_bare_moment_is_found(source: str) -> None:
    assert bare_moments(source)


# --- every page, as it is drawn -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker, password_hash: str) -> Iterator[Stage]:
    with rolled_back(django_db_blocker):
        made = Stage({name.lower(): _person(name, password_hash) for name in ("Alice", "Bob", "Charlie")})
        Wishlist.objects.update(time_zone=LA)
        Reservation.objects.update(lapses_at=at(2099, 12, 4, 4))
        PublicLink.objects.update(expires_at=at(2099, 12, 4, 4))
        yield made


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record each moment that a template formats by Django's own means."""
    noted: list[str] = []
    localize, date_filter = formats.localize, formats.date_format

    def localized(value: Any, *args: Any, **named: Any) -> Any:
        if isinstance(value, datetime):
            noted.append(str(value))
        return localize(value, *args, **named)

    def formatted(value: Any, form: Any = None, *args: Any, **named: Any) -> Any:
        if isinstance(value, datetime) and form not in ("c", "Y-m-d"):
            noted.append(f"{value} {form}")
        return date_filter(value, form, *args, **named)

    monkeypatch.setattr("django.template.base.localize", localized)
    monkeypatch.setattr(formats, "date_format", formatted)
    return noted


@pytest.mark.django_db
def test_no_page_shows_a_moment_without_its_zone(stage: Stage, strict: list[str]) -> None:
    shown = 0
    for name, wanted, methods in page_routes():
        if "GET" not in methods or name in ("health", "demo") or not set(wanted) <= set(stage.names):
            continue
        for who in (ALICE, BOB):
            path = reverse(name, kwargs=stage.kwargs_of(name, wanted))
            shown += stage.client(who).get(path).status_code == 200
    assert shown > 20
    assert strict == []


@pytest.mark.django_db
def test_list_in_los_angeles_shows_its_own_time(stage: Stage) -> None:
    here = f"/lists/{stage.wishlist.pk}"
    alices, bobs = stage.client(ALICE), stage.client(BOB)
    shown = "8 p.m. (Los Angeles time)"
    assert f"Dec. 3, 2099, {shown}" in alices.get(f"{here}/sharing").text
    assert 'value="2099-12-03T20:00"' in alices.get(f"{here}/sharing").text
    for page in (bobs.get("/gifts"), bobs.get(here), Client().get(f"/g/{stage.of_guest['token']}")):
        assert shown in page.text
        assert "p.m.." not in page.text
    assert "(Los Angeles time)" in bobs.get(f"{here}/log").text
    assert "(Los Angeles time)" in bobs.get(f"{here}/items/{stage.names['item_id']}/talk").text
    assert "UTC</time>" in bobs.get("/inbox").text, "which belongs to no list"


@pytest.mark.django_db
def test_mails_to_guests_name_the_zone(stage: Stage) -> None:
    guest = Guest.objects.select_related("wishlist").get()
    guest.wishlist.time_zone = LA
    letter = GuestLetter(guest=guest, kind=GuestLetter.Kind.OFFERED, until=at(2026, 12, 4, 4))
    assert "until Dec. 3, 2026, 8 p.m. (Los Angeles time)" in mail_context(letter)["then"]
    assert mail.outbox is not None

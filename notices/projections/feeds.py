"""A user's calendar (iCalendar) and news (Atom), as programs read them, and the secret addresses of both."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.models import Notification, User
from accounts.projections.notice_links import page_about
from core.projections.fields import READER, Field, Projection, Reader
from notices.models import FeedLink
from notices.queries.dates import CalendarDate, dates_of

Row = dict[str, Any]

NEWEST = 50

FEED_LINK = Projection(
    "feed link",
    Reader,
    Field("id", sights=READER, column="pk"),
    Field("kind", sights=READER),
    Field("created_at", sights=READER),
    Field("read_at", sights=READER),
    read=attrgetter,
)
"""A secret address without its secret, which is stored nowhere."""

NEW_FEED_LINK = FEED_LINK.also("new feed link", Field("url", sights=READER, given=True))
"""A new address, for the one answer that has it."""


def feed_link_row(link: FeedLink) -> Row:
    return FEED_LINK.project(link, Reader.READER)


def new_feed_link_row(link: FeedLink, secret: str | None) -> Row:
    return NEW_FEED_LINK.project(link, Reader.READER, url=secret and feed_url(link, secret))


def feed_url(link: FeedLink, secret: str) -> str:
    path = f"/calendar/{secret}.ics" if link.kind == FeedLink.Kind.CALENDAR else f"/feeds/{secret}.atom"
    return f"{settings.SITE_URL}{path}"


def calendar_of(user: User) -> bytes:
    """Return the user's dates. Equal dates give equal bytes, so that programs can ask whether they have changed."""
    calendar = Calendar()
    calendar.add("prodid", "-//Wishlist//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Wishlists"))
    for one in dates_of(user):
        calendar.add_component(_event(one))
    text: bytes = calendar.to_ical()
    return text


def _event(one: CalendarDate) -> Event:
    event = Event()
    event.add("uid", f"{one.key.replace(' ', '-')}@{settings.SITE_HOST}")
    event.add("dtstamp", one.changed_at)
    event.add("dtstart", one.day)
    event.add("summary", one.title)
    event.add("transp", "TRANSPARENT")
    if one.page:
        event.add("url", f"{settings.SITE_URL}{one.page}")
    return event


def news_of(user: User) -> bytes:
    """Return the newest notifications of the user's inbox."""
    site = settings.SITE_URL
    feed = Atom1Feed(
        title=_("News of your wishlists"), link=f"{site}/inbox", description="", feed_guid=f"{site}/inbox"
    )
    for row in Notification.objects.listed().filter(user=user)[:NEWEST]:
        feed.add_item(
            title=row.title,
            link=f"{site}{page_about(row) or '/inbox'}",
            description=row.body,
            unique_id=row.pk.urn,
            pubdate=row.created_at,
            updateddate=row.created_at,
        )
    # Without news the time of the feed would be now, and its bytes would change with each request.
    feed.latest_post_date = lambda: _newest(feed, user)  # type: ignore[method-assign]
    text: str = feed.writeString("utf-8")
    return text.encode()


def _newest(feed: Atom1Feed, user: User) -> Any:
    return max((item["updateddate"] for item in feed.items), default=user.date_joined)

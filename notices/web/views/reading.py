"""What calendar programs and feed readers read at secret addresses. They send no cookie and follow no log-in."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import translation
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from core.errors.error_pages import refuse
from core.errors.refusals import NotFound
from notices.access.reader_settings import language_of
from notices.models import FeedLink
from notices.projections.feeds import calendar_of, news_of
from notices.services.feed_links import find_feed_link, note_reading

MAKERS = {
    FeedLink.Kind.CALENDAR: (calendar_of, "text/calendar; charset=utf-8"),
    FeedLink.Kind.NEWS: (news_of, "application/atom+xml; charset=utf-8"),
}


@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    return _read(request, FeedLink.Kind.CALENDAR, secret)


@require_safe
def news(request: HttpRequest, secret: str) -> HttpResponse:
    return _read(request, FeedLink.Kind.NEWS, secret)


def _read(request: HttpRequest, kind: FeedLink.Kind, secret: str) -> HttpResponse:
    """Answer with the feed, or with 304 if the program has it already."""
    try:
        link = find_feed_link(kind, secret)
    except NotFound as refusal:
        return refuse(request, refusal)
    note_reading(link)
    make, content_type = MAKERS[kind]
    with translation.override(language_of(link.user)):
        body = make(link.user)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = {one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))}
    answer = HttpResponseNotModified() if known & {tag, "*"} else HttpResponse(body, content_type)
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    return answer

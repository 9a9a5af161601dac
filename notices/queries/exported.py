"""What a person's export has about how they are told of news."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import User
from jobs.access.export_sections import ExportFile, ExportSection, as_json
from notices.projections.choices import choices_of
from notices.projections.feeds import feed_link_row
from notices.projections.push_subscriptions import push_subscription_row


def files_of_news(user: User, _key: str) -> Iterator[ExportFile]:
    browsers = user.push_subscriptions.select_related("session")
    told = {
        "choices": choices_of(user),
        "feeds": [feed_link_row(row) for row in user.feed_links.all()],
        "push_subscriptions": [push_subscription_row(row) for row in browsers],
    }
    yield ExportFile("notifications.json", as_json(told))


NEWS = ExportSection("notifications", lambda _user: ["all"], files_of_news)

"""What an export says about the account itself."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import AccountActivity, Avatar, User
from accounts.projections.people import notifications, user_self
from accounts.projections.sessions import api_token_row, session_row
from accounts.queries.api_tokens import api_tokens_of
from accounts.queries.sessions import log_ins_of
from core.projections.fields import READER, Field, Projection, Reader
from jobs.access.export_sections import ExportFile, ExportSection, as_json

OWN_ACTION = Projection(
    "own action",
    Reader,
    Field("kind", sights=READER),
    Field("detail", sights=READER),
    Field("created_at", sights=READER),
)
"""A row of the account log about something that the person did."""


def files_of_account(user: User, _key: str) -> Iterator[ExportFile]:
    account = {
        "account": user_self(user),
        "log_ins": [session_row(session, None) for session in log_ins_of(user)],
        "api_tokens": [api_token_row(token) for token in api_tokens_of(user)],
        "actions": _actions(user),
    }
    yield ExportFile("account.json", as_json(account))
    yield ExportFile("notifications.json", as_json(notifications(user.notifications.all())))
    for avatar in Avatar.objects.filter(user=user):
        yield ExportFile("pictures/avatar.webp", bytes(avatar.webp))


def _actions(user: User) -> list[dict[str, object]]:
    rows = AccountActivity.objects.filter(user=user, by=user).values("kind", "detail", "created_at")
    return [OWN_ACTION.project(row, Reader.READER) for row in rows]


ACCOUNT = ExportSection("account", keys=lambda _user: ["account"], files=files_of_account)

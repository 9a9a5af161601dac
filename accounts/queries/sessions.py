"""Find sessions that have not ended, by their id or by a Django session cookie."""

from __future__ import annotations

import uuid
from importlib import import_module

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import Session
from core.db.prepared import prepared

COOKIE_KEY = "sid"
"""Where a Django session keeps the id of the log-in behind it."""


def live_session(session_id: uuid.UUID) -> Session | None:
    """The log-in with its user, in one query, if it still opens doors."""
    return next(iter(_live(session_id=session_id)), None)


def session_of_cookie(session_key: str) -> Session | None:
    """The live log-in behind the value of a Django session cookie."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    sid = store.get(COOKIE_KEY)
    return live_session(uuid.UUID(sid)) if sid else None


@prepared
def _live(*, session_id: uuid.UUID) -> QuerySet[Session]:
    return Session.objects.live().select_related("user").filter(pk=session_id)

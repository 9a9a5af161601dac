"""Keep the input of a form that could not be saved, in the user's session, until its page is shown again.

Only the same browser gets it back, and if the form was made for a logged-in user, only that user. Passwords and codes are
never kept.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

from django.http import HttpRequest

from core.pages.form_keys import FIELD, is_of_nobody, mark_in, mark_of, sent_form_key

KEY = "kept_forms"
MAX_FORMS = 3
MAX_CHARACTERS = 60_000
SECONDS = 24 * 3600
_SECRET = re.compile(r"password|code|token|secret|credential", re.IGNORECASE)

Kept = dict[str, Any]


def keep_form(request: HttpRequest, *, page: str, why: str) -> None:
    """Keep the posted input for the page at `page`, with the sentence that says why it was not saved."""
    fields = {
        name: values
        for name, values in request.POST.lists()
        if name not in (FIELD, "csrfmiddlewaretoken") and not is_secret(name)
    }
    one = {
        "page": page.partition("?")[0],
        "path": request.path,
        "fields": fields,
        "mark": mark_in(sent_form_key(request)),
        "why": why,
        "at": int(time.time()),
    }
    kept = [*request.session.get(KEY, []), one][-MAX_FORMS:]
    while kept and len(json.dumps(kept)) > MAX_CHARACTERS:
        kept.pop(0)
    request.session[KEY] = kept or [one | {"fields": {}}]


def take_kept_forms(request: HttpRequest) -> list[Kept]:
    """Return what was kept for this page and this user, the oldest first, and remove it from the session."""
    kept: list[Kept] = request.session.get(KEY, [])
    if not kept:
        return []
    alive = [one for one in kept if one["at"] > time.time() - SECONDS]
    mine = [one for one in alive if one["page"] == request.path and _is_for(one, request)]
    others = [one for one in alive if one["page"] != request.path]
    if len(others) != len(kept):
        request.session[KEY] = others
    return mine


def forget_forms_of_others(request: HttpRequest) -> None:
    """Remove what other people typed in this browser. Call this after a user has logged in."""
    kept: list[Kept] = request.session.get(KEY, [])
    if kept:
        request.session[KEY] = [one for one in kept if _is_for(one, request)]


def is_secret(name: str) -> bool:
    """Return whether a field with that name holds a password, a code or another secret."""
    return name != "csrfmiddlewaretoken" and bool(_SECRET.search(name))


def _is_for(kept: Kept, request: HttpRequest) -> bool:
    """Return whether the user may get this input: they typed it, or nobody was logged in when it was typed."""
    return not kept["mark"] or is_of_nobody(kept["mark"]) or kept["mark"] == mark_of(request)

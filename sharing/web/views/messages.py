"""Questions on a share page: anybody who is in may ask, and reads the answers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from sharing.web.share_session import Visit, enter, remember_guest
from sharing.web.views.share_page import inside
from wishlists.web.views.messages import talk, unsay


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def share_talk(request: HttpRequest, visit: Visit, item_id: UUID) -> HttpResponse:
    """GET: questions and answers. POST: ask."""
    spoken = talk(request, visit.desk, item_id, enter=lambda typed: enter(visit, typed))
    return remember_guest(spoken.answer, spoken.viewer, visit)


@require_POST
@inside
def share_talk_remove(request: HttpRequest, visit: Visit, item_id: UUID, message_id: UUID) -> HttpResponse:
    """Delete your question."""
    return unsay(request, visit.desk, item_id, message_id)

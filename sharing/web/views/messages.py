"""Questions on a share page. Anybody who has opened the link may ask and read the answers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from sharing.web.share_session import ShareSession, enter, remember_guest
from sharing.web.views.share_page import inside
from wishlists.web.views.messages import talk, withdraw_message


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def share_talk(request: HttpRequest, session: ShareSession, item_id: UUID) -> HttpResponse:
    """GET: questions and answers. POST: ask."""
    spoken = talk(request, session.page, item_id, enter=lambda typed: enter(session, typed))
    return remember_guest(spoken.answer, spoken.viewer, session)


@require_POST
@inside
def share_talk_remove(
    request: HttpRequest, session: ShareSession, item_id: UUID, message_id: UUID
) -> HttpResponse:
    """Delete your question."""
    return withdraw_message(request, session.page, item_id, message_id)

"""Where a notification leads: the page about the same thing."""

from __future__ import annotations

from accounts.models import Notification

_ABOUT_QUESTIONS = ("question_asked", "question_answered")


def page_about(notification: Notification) -> str:
    """Return the path of the page about the same thing, or "" if there is none but the inbox."""
    about = notification.payload
    wishlist, item = about.get("wishlist_id"), about.get("item_id")
    if not wishlist:
        return ""
    if notification.kind in _ABOUT_QUESTIONS:
        return f"/lists/{wishlist}/items/{item}/talk"
    return f"/lists/{wishlist}#item-{item}" if item else f"/lists/{wishlist}"

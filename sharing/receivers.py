"""Mail a guest when a service of wishlists signals that something concerns them. It joins the running transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sharing.services.guest_mail import send_notice
from wishlists.models import Guest, Item


def on_guest_concerned(
    sender: Any, guest: Guest, kind: str, item: Item | None, until: datetime | None, **_: Any
) -> None:
    send_notice(guest=guest, kind=kind, item=item, until=until)

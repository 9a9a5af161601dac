"""Plain views to compare with: an access check, the items of the list, and orjson, with two statements; and an access
check, a unit of an item, and the reservation, with three.

Server, gate, database and fields are the same. They leave out what the product's views add: problem documents, middlewares,
content negotiation, the surprise, and paging; and for a reservation the lock, the log, the events and the hints.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import Exists, F
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from accounts.access.tokens import read_access_token
from accounts.models import Session
from wishlist_project.health import health
from wishlists.models import Item, Reservation

COLUMNS = (
    "id", "wishlist_id", "title", "description", "link_url", "image_url", "price_minor", "currency", "position",
    "quantity", "units_taken", "contributed_by_id", "marked_at", "created_at", "updated_at",
)  # fmt: skip


def items(request: HttpRequest, wishlist_id: UUID) -> HttpResponse:
    token = request.headers["Authorization"].removeprefix("Bearer ")
    _, session_id = read_access_token(token)
    seen = Session.objects.live().filter(
        pk=session_id, user__memberships__wishlist_id=wishlist_id, user__memberships__removed_at=None
    )
    if not seen.exists():
        return _answer([], 404)
    rows = Item.objects.filter(wishlist_id=wishlist_id, removed_at=None).order_by(
        "position", "created_at", "id"
    )
    return _answer([_shown(row) for row in rows.values(*COLUMNS)], 200)


def giving(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Take a unit for the user of the token, or give it back."""
    token = request.headers["Authorization"].removeprefix("Bearer ")
    user_id, session_id = read_access_token(token)
    items = Item.objects.filter(pk=item_id, wishlist__members__user=user_id)
    rows = items.filter(Exists(Session.objects.live().filter(pk=session_id)))
    found = rows.values(*COLUMNS).first()
    if found is None:
        return _answer({}, 404)
    wanted = orjson.loads(request.body)["reservation_status"] == "reserved"
    with transaction.atomic():
        item = Item.objects.filter(pk=item_id)
        if wanted:
            free = item.filter(units_taken__lt=F("cap"))
            Reservation.objects.bulk_create([Reservation(item_id=item_id, user_id=user_id, currency="EUR")])
            changed = free.update(units_taken=F("units_taken") + 1)
        else:
            mine = Reservation.objects.active().filter(item_id=item_id, user_id=user_id)
            changed = mine.update(released_at=timezone.now())
            item.update(units_taken=F("units_taken") - 1)
        if not changed:
            transaction.set_rollback(True)
            return _answer({}, 409)
    return _answer(_shown(found | {"units_taken": found["units_taken"] + (1 if wanted else -1)}), 200)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return as many fields as the product shows to a giver."""
    taken = row.pop("units_taken")
    price = row.pop("price_minor")
    free = None if row["quantity"] is None else row["quantity"] - taken
    return row | {
        "price": None if price is None else price / 100,
        "units_free": free,
        "reservation_status": "reserved" if free == 0 else "available",
        "reserved_by_id": None,
        "reserved_by_name": None,
        "reserved_at": None,
        "reservation_message": None,
        "contributed_total": 0,
        "contributed_pledged": 0,
        "contributed_paid": 0,
    }


def _answer(body: Any, status: int) -> HttpResponse:
    content = orjson.dumps(body)
    answer = HttpResponse(content, content_type="application/json", status=status)
    answer["Content-Length"] = str(len(content))
    return answer


urlpatterns = [
    path("health", health),
    path("api/v1/wishlists/<uuid:wishlist_id>/items", items),
    path("api/v1/items/<uuid:item_id>", giving),
]

"""Rows of public links, guests and suggestions."""

from __future__ import annotations

from tests.authorization.roles import (
    ENDED,
    MEMBERS,
    Row,
    givers_by_link,
    guests,
    members,
    only_guest,
    only_guest_reads,
    owner,
    readers_by_link,
    signed_in,
    writers_by_link,
)

_LIST = "wishlists/{wishlist_id}"
_SUGGESTION = f"{_LIST}/suggestions/{{suggestion_id}}"
_ITEM = "public/wishlists/items/{item_id}"
_RESERVATION = "public/reservations/{reservation_id}"
_CONTRIBUTION = "public/contributions/{contribution_id}"
_MINE = {"reservation_id": "guest's reservation"}
_MONEY = {"contribution_id": "guest's contribution"}
_AS_MEMBERS = dict.fromkeys((*MEMBERS, "other tenant"), 200)

ROWS: dict[str, Row] = {
    f"GET {_LIST}/public-link": owner(200),
    f"POST {_LIST}/public-link": owner(200, {}),
    f"DELETE {_LIST}/public-link": owner(204),
    # Suggestions.
    f"GET {_LIST}/suggestions": owner(200),
    f"POST {_LIST}/suggestions": members(201, {"title": "x"}),
    f"POST {_SUGGESTION}/accept": owner(204),
    f"POST {_SUGGESTION}/reject": owner(204),
    # The list by its link.
    "GET public/wishlists": readers_by_link(200),
    "GET public/collections": readers_by_link(200),
    "GET public/who-sees": readers_by_link(200),
    "GET public/pot/contributions": readers_by_link(200),
    "GET public/events": readers_by_link(200),
    "POST public/wishlists/suggestions": writers_by_link(201, {"title": "x"}),
    # Giving by the link needs a name. Recipients may only mark items as received.
    f"PUT,PATCH {_ITEM}": givers_by_link(200, {"reservation_status": "reserved"}).but(
        owner=200, recipient=200
    ),
    f"POST {_ITEM}/contributions": givers_by_link(201, {"amount": 5}),
    "POST public/pot/contributions": givers_by_link(201, {"amount": 1}),
    f"GET {_ITEM}/messages": readers_by_link(200),
    f"POST {_ITEM}/messages": givers_by_link(201, {"lane": "questions", "text": "x"}),
    f"DELETE {_ITEM}/messages/{{message_id}}": only_guest(204, item_id="mug", message_id="guest's message"),
    f"GET {_ITEM}/waiting": givers_by_link(200, item_id="kettle").but(
        **dict.fromkeys(ENDED, 400), viewer=404, other_tenant=404
    ),
    f"POST {_ITEM}/waiting": givers_by_link(200, {}, item_id="kettle").but(viewer=409, other_tenant=201),
    f"DELETE {_ITEM}/waiting": givers_by_link(204, item_id="kettle"),
    # What a guest has, and does as a guest.
    "GET public/reservations": only_guest_reads(200).but(**_AS_MEMBERS),
    f"GET {_RESERVATION}": only_guest_reads(200, **_MINE),
    f"PUT,PATCH {_RESERVATION}": only_guest(200, {"message": "x"}, **_MINE),
    f"DELETE {_RESERVATION}": only_guest(204, **_MINE),
    "GET public/contributions": only_guest_reads(200).but(**_AS_MEMBERS),
    f"PUT,PATCH {_CONTRIBUTION}": only_guest(200, {"amount": 2}, **_MONEY),
    f"DELETE {_CONTRIBUTION}": only_guest(204, **_MONEY),
    "POST public/guests": writers_by_link(201, {"guest_name": "New"}).but(**_AS_MEMBERS),
    "PUT,PATCH public/guests/name": guests(200, {"guest_name": "Rosemary"}),
    "POST public/guests/code": guests(204, {"guest_email": "rose@example.com"}),
    "POST public/guests/confirm": guests(409, {"code": "000000"}),  # no code was sent
    "POST public/guests/manage-link": guests(409),  # no address
    # Needs both an account and the manage token.
    "POST public/guests/take-over": signed_in(400, {"manage_token": "{manage token}"}).but(
        owner=403, recipient=403, editor=200, viewer=200, other_tenant=200
    ),
}

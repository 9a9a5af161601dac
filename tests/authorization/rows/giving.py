"""Rows of reserving, chipping in, and what happens after the reveal."""

from __future__ import annotations

from tests.authorization.roles import Row, givers, members, only_viewer, recipients, signed_in

_LIST = "wishlists/{wishlist_id}"
_ITEM = f"{_LIST}/items/{{item_id}}"
_COLLECTION = f"{_LIST}/collections/{{collection_id}}"
_THANKS = f"{_LIST}/thanks/{{giver_id}}"

ROWS: dict[str, Row] = {
    # Reservations. The viewer has one, and nobody else can find or change it.
    f"GET {_ITEM}/reservations": members(200),
    f"POST {_ITEM}/reservations": givers(201, {}),
    "GET reservations": signed_in(200),
    "GET reservations.csv": signed_in(200),
    "GET reservations/{reservation_id}": only_viewer(200),
    "PUT,PATCH reservations/{reservation_id}": only_viewer(200, {"message": "x"}),
    "DELETE reservations/{reservation_id}": only_viewer(204),
    "POST reservations/checkout": only_viewer(200, {"ids": ["{reservation_id}"]}),
    # The waiting list for what the viewer has reserved. The editor waits.
    "GET waiting": signed_in(200),
    f"GET {_ITEM}/waiting": givers(200, item_id="kettle").but(viewer=404),
    f"POST {_ITEM}/waiting": givers(200, {}, item_id="kettle").but(viewer=409),
    f"DELETE {_ITEM}/waiting": givers(204, item_id="kettle"),
    # Money. The viewer has contributed, and organises a collection. For recipients there is none.
    f"GET {_ITEM}/contributions": members(200),
    f"POST {_ITEM}/contributions": givers(201, {"amount": 5}),
    f"GET {_LIST}/pot/contributions": members(200),
    f"POST {_LIST}/pot/contributions": givers(201, {"amount": 1}),
    "GET contributions": signed_in(200),
    "GET contributions/{contribution_id}": only_viewer(200),
    "PUT,PATCH contributions/{contribution_id}": only_viewer(200, {"amount": 2}),
    "DELETE contributions/{contribution_id}": only_viewer(204),
    f"GET {_LIST}/collections": members(200),
    f"POST {_LIST}/collections": givers(201, {"item_id": "{item_id}", "target": 50}),
    f"GET {_COLLECTION}": givers(200).but(owner=404, recipient=404),
    f"PUT,PATCH {_COLLECTION}": givers(200, {"note": "x"}).but(editor=403, owner=404, recipient=404),
    f"DELETE {_COLLECTION}": givers(204).but(editor=403, owner=404, recipient=404),
    "GET budgets": signed_in(200),
    f"GET {_LIST}/budget": givers(200),
    f"PUT,PATCH {_LIST}/budget": givers(200, {"amount": 50}),
    f"DELETE {_LIST}/budget": givers(204),
    # The reveal. Until then nobody reads what was given.
    f"POST {_LIST}/reveal": recipients(200, {"confirm": True}),
    f"GET {_LIST}/gifts": members(409),
    f"GET {_LIST}/thanks": members(409),
    f"GET {_THANKS}": members(409),
    f"PUT,PATCH {_THANKS}": members(409, {"note": "x"}),
    f"POST {_THANKS}/send": members(409),
}

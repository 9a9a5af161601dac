"""Rows of lists, their people and their items."""

from __future__ import annotations

from tests.authorization.roles import (
    TOKEN,
    Row,
    editors,
    everybody,
    givers,
    members,
    only_owner,
    only_viewer,
    owner,
    signed_in,
)

_LIST = "wishlists/{wishlist_id}"
_TITLE = {"title": "X"}
_SHARED = "shopping-lists/{wishlist_id}"
_THERE = {"wishlist_id": "shared list", "item_id": "milk"}

ROWS: dict[str, Row] = {
    "GET ": everybody(200),
    "GET presets": signed_in(200).but(**{TOKEN: 200}),
    "GET metadata": signed_in(200, query="url=http://127.0.0.1/"),
    # Lists.
    "GET wishlists": signed_in(200),
    "POST wishlists": signed_in(201, _TITLE),
    "PUT,PATCH wishlists/reorder": signed_in(200, {"order": [{"id": "{wishlist_id}", "sort_order": 3}]}),
    f"GET {_LIST}": members(200),
    f"PUT,PATCH {_LIST}": editors(200, _TITLE),
    f"DELETE {_LIST}": owner(204),
    f"GET {_LIST}/delete-impact": owner(200),
    f"GET {_LIST}/activity": members(200),
    f"GET {_LIST}/activity.csv": owner(409),  # not revealed
    f"GET {_LIST}/events": members(200),
    # People.
    f"GET {_LIST}/members": members(200),
    f"PUT,PATCH {_LIST}/members/{{user_id}}": owner(200, {"role": "editor"}),
    f"DELETE {_LIST}/members/{{user_id}}": owner(204).but(viewer=204),  # the viewer leaves
    f"POST {_LIST}/invite": owner(202, {"email": "{stranger email}", "role": "viewer"}),
    f"DELETE {_LIST}/invitations": owner(204),
    # The invitation is for the stranger.
    "GET invitations": everybody(200, query="token={invitation}"),
    "POST invitations/accept": signed_in(403, {"token": "{invitation}"}).but(stranger=200),
    "POST invitations/reject": signed_in(403, {"token": "{invitation}"}).but(stranger=204),
    f"GET {_LIST}/who-sees": members(200),
    f"GET {_LIST}/recipients": members(200),
    f"PUT,PATCH {_LIST}/recipients": owner(200, {"user_ids": ["{owner}", "{recipient}"]}),
    f"GET {_LIST}/shares": owner(200),
    f"POST {_LIST}/shares": owner(201, {"email": "{stranger email}", "role": "viewer"}),
    f"DELETE {_LIST}/shares/{{user_id}}": owner(204).but(viewer=204),  # the viewer leaves
    f"GET {_LIST}/groups": members(200),
    f"POST {_LIST}/groups": owner(200, {"group_id": "{group_id}", "role": "editor"}),
    f"DELETE {_LIST}/groups/{{group_id}}": owner(204),
    # Items.
    f"GET {_LIST}/items": members(200),
    f"POST {_LIST}/items": editors(201, _TITLE),
    f"GET {_LIST}/items/{{item_id}}": members(200),
    f"PUT,PATCH {_LIST}/items/{{item_id}}": editors(200, _TITLE),
    f"DELETE {_LIST}/items/{{item_id}}": editors(204),
    "GET items/{item_id}": members(200),
    "PUT,PATCH items/{item_id}": editors(200, _TITLE),
    "DELETE items/{item_id}": editors(204),
    # Drafts belong to their author. The editor has none, and the others may not have one.
    f"GET {_LIST}/drafts": members(200),
    f"POST {_LIST}/drafts": editors(201, _TITLE),
    f"GET {_LIST}/drafts/{{item_id}}": only_owner(200, item_id="draft"),
    f"PUT,PATCH {_LIST}/drafts/{{item_id}}": only_owner(200, _TITLE, item_id="draft"),
    f"DELETE {_LIST}/drafts/{{item_id}}": only_owner(204, item_id="draft"),
    f"POST {_LIST}/drafts/{{item_id}}/show": owner(201, item_id="draft").but(editor=404),
    # Messages.
    f"GET {_LIST}/items/{{item_id}}/messages": members(200),
    f"POST {_LIST}/items/{{item_id}}/messages": givers(201, {"lane": "givers", "text": "x"}),
    f"DELETE {_LIST}/items/{{item_id}}/messages/{{message_id}}": only_viewer(204, item_id="kettle"),
    # Shared lists. Everybody on one may do what editors may on others.
    "GET shopping-lists": signed_in(200),
    "POST shopping-lists": signed_in(201, _TITLE),
    "PUT,PATCH shopping-lists/reorder": signed_in(200, {"order": [{"id": "{shared list}", "sort_order": 3}]}),
    f"GET {_SHARED}": members(200, **_THERE),
    f"PUT,PATCH {_SHARED}": members(200, _TITLE, **_THERE),
    f"DELETE {_SHARED}": owner(204, **_THERE),
    f"GET {_SHARED}/delete-impact": owner(200, **_THERE),
    f"GET {_SHARED}/activity": members(200, **_THERE),
    f"GET {_SHARED}/items": members(200, **_THERE),
    f"POST {_SHARED}/items": members(201, _TITLE, **_THERE),
    f"GET {_SHARED}/items/{{item_id}}": members(200, **_THERE),
    f"PUT,PATCH {_SHARED}/items/{{item_id}}": members(200, {"reservation_status": "purchased"}, **_THERE),
    f"DELETE {_SHARED}/items/{{item_id}}": members(204, **_THERE),
    f"GET {_SHARED}/members": members(200, **_THERE),
    f"PUT,PATCH {_SHARED}/members/{{user_id}}": owner(200, {"role": "editor"}, **_THERE),
    f"DELETE {_SHARED}/members/{{user_id}}": owner(204, **_THERE).but(viewer=204),
    f"GET {_SHARED}/shares": owner(200, **_THERE),
    f"POST {_SHARED}/shares": owner(201, {"email": "{stranger email}", "role": "viewer"}, **_THERE),
    f"DELETE {_SHARED}/shares/{{user_id}}": owner(204, **_THERE).but(viewer=204),
}

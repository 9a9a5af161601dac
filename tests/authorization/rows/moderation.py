"""Rows of moderation: reports, and what staff do."""

from __future__ import annotations

from tests.authorization.roles import Row, members, moderators

_WHY = {"reason": "Somebody asked us to"}

ROWS: dict[str, Row] = {
    # The address has no link, so only members see the list.
    "POST reports": members(201, {"target": "list", "target_id": "{wishlist_id}", "reason": "spam"}),
    "GET admin/reports": moderators(200),
    "GET admin/reports/{report_id}": moderators(200),
    "PUT,PATCH admin/reports/{report_id}": moderators(200, {"resolution": "resolved", "note": "Done"}),
    "PUT,PATCH admin/reports/{report_id}/hide": moderators(200, _WHY),
    "PUT,PATCH admin/reports/{report_id}/restore": moderators(200, _WHY),
    "GET admin/users": moderators(200),
    "PUT,PATCH admin/users/{user_id}/deactivate": moderators(200, _WHY),
    "PUT,PATCH admin/users/{user_id}/reactivate": moderators(200, _WHY),
    "PUT,PATCH admin/wishlists/{wishlist_id}/hide": moderators(200, _WHY),
    "PUT,PATCH admin/wishlists/{wishlist_id}/restore": moderators(200, _WHY),
    "PUT,PATCH admin/wishlists/{wishlist_id}/hand-over": moderators(200, {"user_id": "{stranger}", **_WHY}),
    # Nobody has opened it.
    "GET admin/wishlists/{wishlist_id}/giving": moderators(409),
    "PUT,PATCH admin/wishlists/{wishlist_id}/giving": moderators(200, _WHY),
}

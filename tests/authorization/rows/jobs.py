"""Rows of jobs. The owner has started an export, which has not run yet."""

from __future__ import annotations

from tests.authorization.roles import Row, only_owner, signed_in

ROWS: dict[str, Row] = {
    "POST users/me/export": signed_in(202).but(owner=200),
    "GET jobs": signed_in(200),
    "GET jobs/{job_id}": only_owner(200),
    "DELETE jobs/{job_id}": only_owner(200),
    "GET jobs/{job_id}/file": only_owner(404),
    "DELETE jobs/{job_id}/file": only_owner(404),
}

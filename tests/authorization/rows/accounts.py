"""Rows of accounts: logging in, one's own data, the inbox."""

from __future__ import annotations

from tests.authorization.roles import Row, everybody, only_owner, only_viewer, signed_in

PASSWORD = "correct horse battery"
NEW_PASSWORD = "another long password"
_CODE = {"email": "{viewer email}", "code": "000000"}
_ADDRESS = {"email": "{viewer email}"}

ROWS: dict[str, Row] = {
    # Logging in. Codes and refresh tokens that nobody was given are refused in the same way for everybody.
    "POST auth/register": everybody(201, {"email": "new@example.com", "password": NEW_PASSWORD}),
    "POST auth/login": everybody(200, {"email": "{viewer email}", "password": PASSWORD}),
    "POST auth/refresh": everybody(401, {"refresh_token": "x"}),
    "POST auth/logout": everybody(401, {"refresh_token": "x"}),
    "GET auth/ping": everybody(200),
    "GET auth/google": everybody(404),
    "GET auth/github": everybody(404),
    "GET auth/oidc/{provider_id}": everybody(404),
    "POST auth/code": everybody(202, _ADDRESS),
    "POST auth/code/confirm": everybody(410, _CODE),
    "POST auth/password/reset": everybody(202, _ADDRESS),
    "POST auth/password/reset/confirm": everybody(410, {**_CODE, "new_password": NEW_PASSWORD}),
    "POST auth/resend-code": everybody(202, _ADDRESS),
    "POST auth/verify-email": everybody(410, _CODE),
    "POST auth/token/session": everybody(401),  # needs the cookie of a page
    # One's own account.
    "GET auth/me": signed_in(200),
    "GET users/me": signed_in(200),
    "PUT,PATCH auth/me": signed_in(200, {"display_name": "X"}),
    "PUT,PATCH users/me": signed_in(200, {"display_name": "X"}),
    "DELETE auth/me": signed_in(204, {"password": PASSWORD}),
    "DELETE users/me": signed_in(204, {"password": PASSWORD}),
    "POST auth/avatar": signed_in(400),  # no file
    "POST users/me/avatar": signed_in(400),
    "DELETE auth/avatar": signed_in(200),
    "DELETE users/me/avatar": signed_in(200),
    "POST users/me/email": signed_in(202, {"new_email": "new@example.com", "current_password": PASSWORD}),
    "POST users/me/email/confirm": signed_in(410, {"code": "000000"}),
    "POST auth/password/change": signed_in(204, {"current_password": PASSWORD, "new_password": NEW_PASSWORD}),
    "POST auth/passkey": everybody(400, {"challenge": "x", "credential": {}}),
    "POST auth/passkey/options": everybody(200),
    "GET users/me/factors": signed_in(200),
    "POST users/me/factors/app": signed_in(200),
    "DELETE users/me/factors/app": signed_in(204, {"current_password": PASSWORD}),
    "POST users/me/factors/app/confirm": signed_in(
        410, {"setup": "x", "code": "000000", "current_password": PASSWORD}
    ),
    # Only the owner has a factor.
    "POST users/me/factors/recovery-codes": signed_in(404, {"current_password": PASSWORD}).but(owner=200),
    "POST users/me/factors/passkeys/options": signed_in(200),
    "POST users/me/factors/passkeys": signed_in(
        400, {"name": "x", "challenge": "x", "credential": {}, "current_password": PASSWORD}
    ),
    "PUT,PATCH users/me/factors/passkeys/{passkey_id}": only_owner(204, {"name": "x"}),
    "DELETE users/me/factors/passkeys/{passkey_id}": only_owner(204, {"current_password": PASSWORD}),
    "GET users/me/sessions": signed_in(200),
    "DELETE users/me/sessions": signed_in(204),
    "DELETE users/me/sessions/{session_id}": only_owner(204),
    "GET users/me/tokens": signed_in(200),
    "POST users/me/tokens": signed_in(201, {"name": "Script", "scopes": ["lists:read"]}),
    "DELETE users/me/tokens/{token_id}": only_owner(204),
    # Jobs. The owner has an export that waits, and so no file yet.
    "POST users/me/export": signed_in(202).but(owner=200),
    "GET jobs": signed_in(200),
    "GET jobs/{job_id}": only_owner(200),
    "DELETE jobs/{job_id}": only_owner(200),
    "GET jobs/{job_id}/file": signed_in(404),
    "DELETE jobs/{job_id}/file": signed_in(404),
    # The inbox.
    "GET notifications": signed_in(200),
    "POST notifications/read-all": signed_in(204),
    "PUT,PATCH notifications/{notification_id}/read": only_viewer(200),
    "GET inbox/events": signed_in(200),
}

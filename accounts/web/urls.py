"""URLs of the account pages, at the root. DRF's browsable API uses them to log in and out, under its own names."""

from django.urls import include, path

from accounts.web.views import (
    account,
    api_tokens,
    codes,
    links,
    mail,
    pictures,
    providers,
    second_factors,
    sessions,
)

_browsable = [
    path("login", account.log_in, name="login"),
    path("logout", account.log_out, name="logout"),
]

urlpatterns = [
    path("login", account.log_in, name="login"),
    path("register", account.register, name="register"),
    path("logout", account.log_out, name="logout"),
    path("login/code", codes.log_in_code, name="log-in-code"),
    path("login/code/confirm", codes.log_in_code_confirm, name="log-in-code-confirm"),
    path("login/second-factor", second_factors.second_factor, name="second-factor"),
    path("login/passkey", second_factors.passkey_log_in, name="passkey-log-in"),
    path("login/passkey/options", second_factors.passkey_options, name="passkey-options"),
    path("password/reset", codes.password_reset, name="password-reset"),
    path("password/reset/confirm", codes.password_reset_confirm, name="password-reset-confirm"),
    path("verify-email", codes.verify_email, name="verify-email"),
    path("verify-email/resend", codes.verify_email_resend, name="verify-email-resend"),
    path("account/email", codes.account_email, name="account-email"),
    path("account/email/confirm", codes.account_email_confirm, name="account-email-confirm"),
    path(
        "login/oidc/<str:provider_id>/callback", providers.provider_callback, name="openid_connect_callback"
    ),
    path(
        "login/github/callback",
        providers.provider_callback,
        {"provider_id": "github"},
        name="github_callback",
    ),
    path("account/connections", providers.connections, name="connections"),
    path("account/connections/<str:provider_id>/add", providers.connection_add, name="connection-add"),
    path("account/connections/<str:provider_id>/go", providers.connection_go, name="connection-go"),
    path(
        "account/connections/<int:connection_id>/remove",
        providers.connection_remove,
        name="connection-remove",
    ),
    path("account/security", second_factors.security, name="security"),
    path("account/security/app", second_factors.app_add, name="app-add"),
    path("account/security/app/remove", second_factors.app_remove, name="app-remove"),
    path("account/security/passkeys", second_factors.passkey_add, name="passkey-add"),
    path(
        "account/security/passkeys/<int:passkey_id>/remove",
        second_factors.passkey_remove,
        name="passkey-remove",
    ),
    path("account/security/recovery-codes", second_factors.recovery_codes, name="recovery-codes"),
    path(
        "account/security/recovery-codes/new",
        second_factors.recovery_codes_renew,
        name="recovery-codes-renew",
    ),
    path("account", account.account, name="account"),
    path("account/reading", account.account_reading, name="account-reading"),
    path("account/password", account.account_password, name="account-password"),
    path("account/picture", pictures.account_picture, name="account-picture"),
    path("account/picture/remove", pictures.account_picture_remove, name="account-picture-remove"),
    path("avatars/<uuid:avatar_id>.webp", pictures.avatar, name="avatar"),
    path("account/delete", account.account_delete, name="account-delete"),
    path("account/sessions", sessions.account_sessions, name="account-sessions"),
    path("account/sessions/others", sessions.account_sessions_end, name="account-sessions-end"),
    path("account/sessions/<uuid:session_id>", sessions.account_session_end, name="account-session-end"),
    path("account/tokens", api_tokens.account_tokens, name="account-tokens"),
    path(
        "account/tokens/<uuid:token_id>/revoke", api_tokens.account_token_revoke, name="account-token-revoke"
    ),
    path("set-password/<str:token>", links.set_password, name="set-password"),
    path("keep-address/<str:token>", links.keep_address, name="keep-address"),
    path("inbox", account.inbox, name="inbox"),
    path("inbox/read", account.inbox_read, name="inbox-read-all"),
    path("inbox/<uuid:notification_id>/read", account.inbox_read, name="inbox-read"),
    path("dev/mail", mail.mailbox, name="mailbox"),
    path("dev/mail/<str:name>", mail.mail, name="mail"),
    path("", include((_browsable, "rest_framework"))),
]

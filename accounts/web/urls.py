"""URLs of the account pages, at the root. DRF's browsable API uses them to log in and out, under its own names."""

from django.urls import include, path

from accounts.web.views import account, api_tokens, links, mail, pictures, sessions

_browsable = [
    path("login", account.log_in, name="login"),
    path("logout", account.log_out, name="logout"),
]

urlpatterns = [
    path("login", account.log_in, name="login"),
    path("register", account.register, name="register"),
    path("logout", account.log_out, name="logout"),
    path("account", account.account, name="account"),
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

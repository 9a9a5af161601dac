"""Pages, at the root. DRF's browsable API logs in and out through them, under the names that it looks for."""

from django.urls import include, path

from accounts import link_pages, mail_pages, pages

_browsable = [
    path("login", pages.log_in, name="login"),
    path("logout", pages.log_out, name="logout"),
]

urlpatterns = [
    path("login", pages.log_in, name="login"),
    path("register", pages.register, name="register"),
    path("logout", pages.log_out, name="logout"),
    path("account", pages.account, name="account"),
    path("account/password", pages.account_password, name="account-password"),
    path("account/delete", pages.account_delete, name="account-delete"),
    path("set-password/<str:token>", link_pages.set_password, name="set-password"),
    path("keep-address/<str:token>", link_pages.keep_address, name="keep-address"),
    path("inbox", pages.inbox, name="inbox"),
    path("inbox/read", pages.inbox_read, name="inbox-read-all"),
    path("inbox/<uuid:notification_id>/read", pages.inbox_read, name="inbox-read"),
    path("dev/mail", mail_pages.mailbox, name="mailbox"),
    path("dev/mail/<str:name>", mail_pages.mail, name="mail"),
    path("", include((_browsable, "rest_framework"))),
]

"""Refusals of notices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors.refusals import Refusal


class NoSuchKind(Refusal):
    status_code = 400
    default_code = "no_such_kind"
    default_detail = _("There is no such kind of news.")


class AlwaysInTheInbox(Refusal):
    status_code = 400
    default_code = "always_in_the_inbox"
    default_detail = _(
        "This kind of news is always in your inbox, because it is about who can see what you do."
    )


class MailOnly(Refusal):
    status_code = 400
    default_code = "mail_only"
    default_detail = _("This is a mail that confirms what you did. You can get it at once or not at all.")


class NoSuchPlace(Refusal):
    """The address can't be called: it is no public address of the internet."""

    status_code = 400
    default_code = "address_not_allowed"
    default_detail = _("This address can't be used. It must be a public address of the internet.")


class NotFromABrowser(Refusal):
    status_code = 400
    default_code = "not_from_a_browser"
    default_detail = _("These aren't the keys of a browser. Turn push on again.")


class TooManyBrowsers(Refusal):
    default_code = "too_many_browsers"
    default_detail = _(
        "You have turned on push in very many browsers. Turn it off in one that you no longer use."
    )


class TooManyFeeds(Refusal):
    default_code = "too_many_feeds"
    default_detail = _(
        "You have very many addresses for calendars and feeds. Delete one that you no longer use."
    )

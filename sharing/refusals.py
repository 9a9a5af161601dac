"""Every "no" about links, guests and suggestions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors.refusals import Forbidden, NotFound, Refusal


class NoSuchLink(NotFound):
    default_code = "no_such_link"
    default_detail = _("There is no list behind this link. Check that you copied all of it.")


class LinkRevoked(Forbidden):
    default_code = "link_revoked"
    default_detail = _("This link was withdrawn. Ask the owner of the list for a new one.")


class LinkExpired(Forbidden):
    default_code = "link_expired"
    default_detail = _("This link has expired. Ask the owner of the list for a new one.")


class LinkUsedUp(Forbidden):
    """Only for those who open it anew: whoever is in stays."""

    default_code = "link_used_up"
    default_detail = _(
        "This link has been opened as often as it may be. Ask the owner of the list for a new one."
    )


class NoSuchGuest(Forbidden):
    default_code = "no_such_guest"
    default_detail = _(
        "This is not the private code of a guest of this list. Give your name to take part anew."
    )


class NameNeeded(Refusal):
    """Neither an account, nor a manage token, nor a name."""

    status_code = 400
    default_code = "guest_name_required"
    default_detail = _(
        "Give a name in guest_name, or send the manage_token that you got when you first took part."
    )


class ManageTokenNeeded(Refusal):
    status_code = 400
    default_code = "manage_token_required"
    default_detail = _(
        "Send the manage_token that you got when you first took part, in the header X-Manage-Token."
    )


class NoSuchSuggestion(NotFound):
    default_code = "no_such_suggestion"
    default_detail = _("There is no such suggestion on this list.")


class SuggestionDecided(Refusal):
    default_code = "suggestion_decided"
    default_detail = _("This suggestion was accepted or rejected before.")


class SuggestionsOff(Forbidden):
    default_code = "suggestions_off"
    default_detail = _("The owner of this list does not want suggestions from you. Talk to them.")


class SuggestionsFull(Refusal):
    default_code = "suggestions_full"
    default_detail = _(
        "Too many suggestions wait for the owner of this list. Try again when they have looked at them."
    )


class EmailNeeded(Refusal):
    status_code = 400
    default_code = "guest_email_required"
    default_detail = _("On this list guests confirm their e-mail address. Give one in guest_email.")


class TooManyGuests(Refusal):
    """From one visitor in an hour, or by one link in all."""

    status_code = 429
    default_code = "too_many_guests"
    default_detail = _(
        "So many people have just taken part from here. Try again in a while, or register for an account."
    )
    wait = 3600


class TooManyLetters(Refusal):
    status_code = 429
    default_code = "too_many_mails"
    default_detail = _(
        "We have just sent several mails to this address. Look for them, or try again in an hour."
    )
    wait = 3600


class LettersTooFast(Refusal):
    status_code = 429
    default_code = "mail_just_sent"
    default_detail = _("We have just sent one. Wait a minute, look for it, then ask again.")
    wait = 60


class NoAddress(Refusal):
    default_code = "no_address"
    default_detail = _("You gave no e-mail address, so there is nowhere to send this to.")


class WrongCode(Forbidden):
    default_code = "wrong_code"
    default_detail = _("This is not the code that we sent. Check the newest mail.")


class CodeSpent(Refusal):
    """Tried too often, too old, used, or never sent."""

    default_code = "code_spent"
    default_detail = _("This code is no longer good. Ask for a new one.")

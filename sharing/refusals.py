"""The refusals about links, guests and suggestions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors.refusals import Forbidden, NotFound, Refusal


class NoSuchLink(NotFound):
    default_code = "no_such_link"
    default_detail = _("There is no list at this link. Check that you copied the whole link.")


class LinkRevoked(Forbidden):
    default_code = "link_revoked"
    default_detail = _("This link was deleted. Ask the owner of the list for a new one.")


class LinkClosed(Refusal):
    """The account of the owner, or their tenant, is not active at the moment."""

    status_code = 410
    default_code = "link_closed"
    default_detail = _("This link is closed. Ask the owner of the list when it opens again.")


class LinkExpired(Forbidden):
    default_code = "link_expired"
    default_detail = _("This link has expired. Ask the owner of the list for a new one.")


class LinkUsedUp(Forbidden):
    """All views of a limited link are spent. People who have already opened it don't get this."""

    default_code = "link_used_up"
    default_detail = _(
        "This link has reached its maximum number of opens. Ask the owner of the list for a new one."
    )


class NoSuchGuest(Forbidden):
    default_code = "no_such_guest"
    default_detail = _("We don't recognise this link. Reserve again with your name.")


class NameNeeded(Refusal):
    """The request has neither an account nor a manage token nor a name."""

    status_code = 400
    default_code = "guest_name_required"
    default_detail = _("Give your name in guest_name, or send the manage_token that you got the first time.")


class ManageTokenNeeded(Refusal):
    status_code = 400
    default_code = "manage_token_required"
    default_detail = _("Send the manage_token that you got the first time in the header X-Manage-Token.")


class NoSuchSuggestion(NotFound):
    default_code = "no_such_suggestion"
    default_detail = _("This suggestion doesn't exist on this list.")


class SuggestionDecided(Refusal):
    default_code = "suggestion_decided"
    default_detail = _("This suggestion was already accepted or declined.")


class SuggestionsOff(Forbidden):
    default_code = "suggestions_off"
    default_detail = _("The owner of this list doesn't take suggestions here. Ask them in person.")


class SuggestionsFull(Refusal):
    default_code = "suggestions_full"
    default_detail = _("The owner of this list has too many open suggestions. Try again later.")


class EmailNeeded(Refusal):
    status_code = 400
    default_code = "guest_email_required"
    default_detail = _("Guests must confirm their e-mail address on this list. Give one in guest_email.")


class TooManyGuests(Refusal):
    """Too many guests came from one visitor in an hour, or by one link in total."""

    status_code = 429
    default_code = "too_many_guests"
    default_detail = _(
        "Many people have just joined from your network. Try again in a while, or register for an account."
    )
    wait = 3600


class TooManyLetters(Refusal):
    status_code = 429
    default_code = "too_many_mails"
    default_detail = _(
        "We have just sent several e-mails to this address. Check the inbox and the spam folder, or try "
        "again in an hour."
    )
    wait = 3600


class LettersTooFast(Refusal):
    status_code = 429
    default_code = "mail_just_sent"
    default_detail = _(
        "We have just sent an e-mail. Check the inbox and the spam folder, or try again in a minute."
    )
    wait = 60


class NoAddress(Refusal):
    default_code = "no_address"
    default_detail = _("You didn't give an e-mail address, so we can't send this.")


class WrongCode(Forbidden):
    default_code = "wrong_code"
    default_detail = _("This isn't the code we sent. Check the latest e-mail.")


class CodeSpent(Refusal):
    """The code was tried too often, is too old, was used, or was never sent."""

    default_code = "code_spent"
    default_detail = _("This code has expired. Ask for a new one.")


class NoSuchInvitation(NotFound):
    default_code = "no_such_invitation"
    default_detail = _("There is no invitation at this link. Check that you copied the whole link.")


class OtherAddress(Forbidden):
    """The invitation was forwarded, or the address of the account is not verified."""

    default_code = "other_address"
    default_detail = _(
        "This invitation was sent to another e-mail address. Log in with the account that has it."
    )


class OwnAddress(Refusal):
    default_code = "own_address"
    default_detail = _("This is your own address.")

"""The refusals about exchanges."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors.refusals import Forbidden, NotFound, Refusal


class NoSuchExchange(NotFound):
    default_code = "no_such_exchange"
    default_detail = _("This exchange doesn't exist, or you don't take part in it.")


class NoSuchParticipant(NotFound):
    default_code = "no_such_participant"
    default_detail = _("This person doesn't take part.")


class NoSuchExclusion(NotFound):
    default_code = "no_such_exclusion"
    default_detail = _("This exclusion doesn't exist.")


class NoSuchPrivateLink(NotFound):
    default_code = "no_such_link"
    default_detail = _("This link doesn't work. Ask the organiser for a new one.")


class OrganisersOnly(Forbidden):
    default_code = "organiser_only"
    default_detail = _("Only the organiser can do this.")


class AlreadyIn(Refusal):
    default_code = "already_in"
    default_detail = _("This person already takes part.")


class NameTaken(Refusal):
    default_code = "name_taken"
    default_detail = _("Somebody with this name already takes part. Add a surname.")


class ExchangeFull(Refusal):
    default_code = "exchange_full"
    default_detail = _("An exchange has at most 100 participants and 300 exclusions.")


class TooManyExchanges(Refusal):
    default_code = "too_many_exchanges"
    default_detail = _("You already organise 200 exchanges. Delete one first.")


class NameNeeded(Refusal):
    status_code = 400
    default_code = "name_required"
    default_detail = _("Give your name.")


class NoAssignmentExists(Refusal):
    """`extra` has `clashing`: the exclusions that leave no assignment together."""

    default_code = "no_assignment"
    default_detail = _("Nobody can be drawn: at least two people must take part.")


class AlreadyDrawn(Refusal):
    default_code = "already_drawn"
    default_detail = _("This was already drawn, and nobody has joined or left since.")


class JoiningEnded(Refusal):
    default_code = "already_drawn"
    default_detail = _("This was already drawn. Ask the organiser to add you, and to draw again.")


class NotDrawn(Refusal):
    default_code = "not_drawn"
    default_detail = _("This hasn't been drawn yet.")


class DrawAgain(Refusal):
    default_code = "draw_again"
    default_detail = _("The person you would give to has left. The organiser has to draw again.")


class CodeNeeded(Forbidden):
    default_code = "code_required"
    default_detail = _("Enter the code that you chose for this link.")


class WrongLinkCode(Forbidden):
    default_code = "wrong_code"
    default_detail = _("This isn't the code that you chose.")


class ShownBefore(Forbidden):
    default_code = "shown_before"
    default_detail = _(
        "This was already shown once. If it wasn't you, tell the organiser, and ask everybody for a new draw."
    )


class CodeChosen(Refusal):
    default_code = "code_chosen"
    default_detail = _("A code was already chosen for this link.")


class LinkIsPrivate(Forbidden):
    default_code = "private_link"
    default_detail = _("This person gets their link by themselves. Nobody else can see it.")


class NotYourList(NotFound):
    default_code = "no_such_list"
    default_detail = _("Choose one of your own lists.")

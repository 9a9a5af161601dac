"""Every "no" of the lists' services."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors.refusals import Forbidden, NotFound, Refusal
from core.money.money import format_money, to_wire


class NoSuchList(NotFound):
    default_code = "no_such_list"
    default_detail = _("There is no such list, or it is not shared with you.")


class NoSuchItem(NotFound):
    default_code = "no_such_item"
    default_detail = _("There is no such item on a list that you may see.")


class ItemTaken(Refusal):
    """A lost reservation. Views add `current_item`, as the asker may see it."""

    default_code = "reservation_conflict"
    default_detail = _("Somebody else has already taken this. Choose another item.")


class ChangedElsewhere(Refusal):
    """Somebody types into a page what has been changed since it was opened."""

    default_code = "changed_elsewhere"


class NotHolder(Forbidden):
    default_code = "not_holder"
    default_detail = _("Only the person who reserved this can release it.")


class NoLongerLetIn(Forbidden):
    """What one promised stays one's own; the list does not."""

    default_code = "no_longer_let_in"
    default_detail = _("You are no longer on this list. You can move on what you reserved, or take it back.")


class StillFree(Refusal):
    default_code = "still_free"
    default_detail = _("This is still free, so there is nothing to wait for. Reserve it.")


class AlreadyHolding(Refusal):
    default_code = "already_yours"
    default_detail = _("You have reserved this yourself, so there is nothing to wait for.")


class NotWaiting(Refusal):
    status_code = 404
    default_code = "not_waiting"
    default_detail = _("You are not in line for this, and nothing of it is held for you.")


class NothingReserved(Refusal):
    status_code = 404
    default_code = "no_such_reservation"
    default_detail = _("There is no such reservation of yours.")


class ListFull(Refusal):
    default_code = "list_full"
    default_detail = _("A list holds at most 500 items. Remove one, or start another list.")


class OwnersOnly(Forbidden):
    default_code = "owner_only"
    default_detail = _("Only the owner of this list may do this.")


class EditorsOnly(Forbidden):
    default_code = "editor_only"
    default_detail = _("Only the owner and the editors of this list may do this.")


class NoSecretsAdded(Forbidden):
    """The owner said so, or the list has no secret (any more)."""

    default_code = "no_secrets_added"
    default_detail = _(
        "On this list you cannot add wishes that only givers see. Suggest them to the owner instead."
    )


class NoSuchPerson(NotFound):
    default_code = "no_such_person"
    default_detail = _(
        "Nobody here has that e-mail address. Ask them to register, or send them the public link."
    )


class AlreadyOwner(Refusal):
    default_code = "already_owner"
    default_detail = _("This person owns the list; their place cannot be changed.")


class SharingStarted(Refusal):
    """No settings peek (product.md): after sharing, a looser secret is possible only as a reveal."""

    default_code = "secret_sealed"
    default_detail = _("This list has been shared, so its secret can no longer be loosened.")


class ItemClosed(Refusal):
    default_code = "item_closed"
    default_detail = _("This is no longer wished for, so nobody can chip in.")


class TooMuchMoney(Refusal):
    """One contribution may be as large as money gets here; so may all of an item together, and no larger."""

    status_code = 400
    default_code = "amount_out_of_range"
    default_detail = _("Together with what others chipped in, this amount is too large.")


class RecipientsDoNotGive(Forbidden):
    default_code = "recipient"
    default_detail = _("This list is for you; you cannot give on it.")


class RecipientsOnly(Forbidden):
    default_code = "recipient_only"
    default_detail = _("Only those for whom this list is may mark what they have.")


class MembersOnly(Forbidden):
    default_code = "members_only"
    default_detail = _("Only people who were let in on this list may do this.")


class NoSuchContribution(NotFound):
    default_code = "no_such_contribution"
    default_detail = _("There is no such contribution of yours.")


class OtherCurrency(Refusal):
    """One currency an item: what was chipped in before, or the collection, says which."""

    default_code = "other_currency"
    default_detail = _("Money for this is counted in another currency.")

    def __init__(self, currency: str) -> None:
        detail = _("Money for this is counted in %(currency)s. Send the amount with that currency.")
        super().__init__(detail % {"currency": currency}, currency=currency)


class TargetReached(Refusal):
    """A capped sum has no room for that much. `remaining` is what it has room for, a number in the major unit."""

    default_code = "target_reached"
    default_detail = _("All of it is there already: nobody needs to chip in any more.")

    def __init__(self, left_minor: int, currency: str) -> None:
        left = format_money(left_minor, currency)
        more = _("Only %(left)s are still missing. Give that much or less.") % {"left": left}
        remaining = to_wire(left_minor, currency)
        super().__init__(more if left_minor else None, remaining=remaining, currency=currency)


class NoTarget(Refusal):
    default_code = "no_target"
    default_detail = _("Nobody has said how much is needed, so say an amount.")


class CollectionOpen(Refusal):
    default_code = "collection_open"
    default_detail = _("Somebody already collects for this. Chip in there.")


class NoSuchCollection(NotFound):
    default_code = "no_such_collection"
    default_detail = _("Nobody collects for this, or it has ended.")


class OrganisersOnly(Forbidden):
    default_code = "organiser_only"
    default_detail = _("Only whoever collects may do this.")


class NoSuchOrganiser(Refusal):
    status_code = 400
    default_code = "no_such_organiser"
    default_detail = _("Hand it over to somebody who was let in on this list and for whom it is not.")


class NotRevealed(Refusal):
    """The same whatever was given, to whoever asks."""

    default_code = "not_revealed"
    default_detail = _("The secret of this list is not out yet. Who gave what is shown after the reveal.")


class RevealersOnly(Forbidden):
    default_code = "recipient_only"
    default_detail = _("Only those for whom this list is may do this.")


class NotConfirmed(Refusal):
    status_code = 400
    default_code = "confirmation_required"
    default_detail = _(
        "A reveal shows who gave what to everybody on the list and cannot be undone. Send confirm: true to do it."
    )


class NoSuchGiver(NotFound):
    default_code = "no_such_giver"
    default_detail = _("Nobody with that id gave anything on this list.")


class ThanksSent(Refusal):
    default_code = "thanks_sent"
    default_detail = _("This note was sent already, so it can no longer be changed.")


class NothingToSend(Refusal):
    default_code = "no_note"
    default_detail = _("Write a note first, or only tick it off.")


class NotReachable(Refusal):
    default_code = "not_reachable"
    default_detail = _("Nobody can be written to here. Thank them yourself, and tick it off.")


class BadLane(Refusal):
    status_code = 400
    default_code = "bad_lane"
    default_detail = _("lane is givers or questions.")


class AnswersOnly(Forbidden):
    default_code = "answers_only"
    default_detail = _(
        "Questions are asked by givers, and answered by those for whom the list is or who edit it."
    )


class SecretFromThem(Refusal):
    default_code = "secret_item"
    default_detail = _("Those for whom the list is do not know of this wish, so there is nobody to ask.")


class NoSuchMessage(NotFound):
    default_code = "no_such_message"
    default_detail = _("There is no such message that you may answer or take back.")


class TalkFull(Refusal):
    default_code = "talk_full"
    default_detail = _("So much was said here already that nothing more fits.")


class TalkTooFast(Refusal):
    status_code = 429
    default_code = "too_many_messages"
    wait = 60
    default_detail = _("That was a lot in one minute. Wait a little.")


class ConfirmFirst(Refusal):
    """It does not say that a code was sent: a new guest is undone with what is refused, their mail too."""

    default_code = "confirm_first"
    default_detail = _(
        "On this list guests confirm their e-mail address first. Once they reserve or say who they are, we mail them a code."
    )


class ChangedMeanwhile(Refusal):
    """`If-Match` named another state than the one that is there. The answer has the tag of that one."""

    status_code = 412
    default_code = "changed_meanwhile"
    default_detail = _("This was changed since you read it. Look at it as it now is, then change it again.")

    def __init__(self, tag: str) -> None:
        super().__init__()
        self.headers = {"ETag": tag}

"""The errors that services of lists raise."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors.refusals import Forbidden, NotFound, Refusal
from core.money.money import Money


class NoSuchList(NotFound):
    default_code = "no_such_list"
    default_detail = _("This list doesn't exist, or it isn't shared with you.")


class NoSuchItem(NotFound):
    default_code = "no_such_item"
    default_detail = _("This item doesn't exist, or you can't see it.")


class ItemTaken(Refusal):
    """Fewer units are free than were asked for. Views add `current_item`, as this viewer may see it."""

    default_code = "reservation_conflict"
    default_detail = _("Someone just reserved this.")


class ChangedElsewhere(Refusal):
    """Something was changed since the page with this form was opened."""

    default_code = "changed_elsewhere"


class NotHolder(Forbidden):
    default_code = "not_holder"
    default_detail = _("Only the person who reserved this can cancel the reservation.")


class NoLongerLetIn(Forbidden):
    """Givers who lost access keep what they reserved, but can't take more."""

    default_code = "no_longer_let_in"
    default_detail = _(
        "You are no longer on this list. You can still update or cancel what you reserved before."
    )


class StillFree(Refusal):
    default_code = "still_free"
    default_detail = _("This is still available. You can reserve it now.")


class AlreadyHolding(Refusal):
    default_code = "already_yours"
    default_detail = _("You have reserved this yourself, so you don't need to wait for it.")


class NotWaiting(Refusal):
    status_code = 404
    default_code = "not_waiting"
    default_detail = _("You are not on the waiting list for this, and it isn't held for you.")


class NothingReserved(Refusal):
    status_code = 404
    default_code = "no_such_reservation"
    default_detail = _("You don't have this reservation.")


class ListFull(Refusal):
    default_code = "list_full"
    default_detail = _("A list can have at most 500 items. Remove one, or create another list.")


class OwnersOnly(Forbidden):
    default_code = "owner_only"
    default_detail = _("Only the owner of this list can do this.")


class EditorsOnly(Forbidden):
    default_code = "editor_only"
    default_detail = _("Only the owner and editors of this list can do this.")


class NoSecretsAdded(Forbidden):
    """The owner doesn't allow secret additions, or nothing is hidden from recipients (any more)."""

    default_code = "no_secrets_added"
    default_detail = _("You can't add secret wishes to this list. Suggest the wish to the owner instead.")


class NoSuchPerson(NotFound):
    default_code = "no_such_person"
    default_detail = _(
        "Nobody here has this e-mail address. Ask them to register, or send them the public link."
    )


class PlaceByGroup(Refusal):
    """Who is in a group is decided there. Otherwise they would be back with the next change of the group."""

    default_code = "place_by_group"
    default_detail = _(
        "This person sees the list through a group. Stop sharing the list with the group, or remove them from it."
    )


class NotSharedWithGroup(NotFound):
    default_code = "no_such_group"
    default_detail = _("This list isn't shared with this group.")


class TooManyGroupsOnList(Refusal):
    default_code = "too_many_groups"
    default_detail = _("This list is shared with as many groups as it can be.")


class TooManyListsOfGroup(Refusal):
    default_code = "too_many_lists"
    default_detail = _("As many lists are shared with this group as it can have.")


class HandOverRefused(Forbidden):
    default_code = "hand_over_refused"
    default_detail = _(
        "You can't hand over this list: it is for you, or you would give it to yourself or to an account that one of "
        "its recipients may be using. Ask another moderator, or choose somebody else."
    )


class AlreadyOwner(Refusal):
    default_code = "already_owner"
    default_detail = _("This person owns the list, so you can't change or remove them.")


class NoLongerInvited(Refusal):
    """The invitation was revoked, has expired, or its list is gone."""

    status_code = 410
    default_code = "invitation_over"
    default_detail = _("This invitation no longer works. Ask the person who sent it for a new one.")


class TicksOffInstead(Refusal):
    default_code = "shared_list"
    default_detail = _("This is a shared list. Tick things off instead of giving them.")


class SharedListIsOpen(Refusal):
    """A shared list has no recipients from whom anything could be hidden."""

    default_code = "shared_list"
    default_detail = _("This is a shared list. It is for everybody on it, and nothing on it can be secret.")


class SharingStarted(Refusal):
    """After sharing, recipients can be shown more only by a reveal (docs/adr/0004-sharing-locks-the-settings.md)."""

    default_code = "secret_sealed"
    default_detail = _(
        "This list has been shared, so recipients can't be shown more than before. To show them "
        "everything, reveal the gifts."
    )


class ItemClosed(Refusal):
    default_code = "item_closed"
    default_detail = _("This is no longer wanted, so nobody can chip in.")


class TooMuchMoney(Refusal):
    """A contribution may be as large as the largest amount that we store, and so may the sum for an item."""

    status_code = 400
    default_code = "amount_out_of_range"
    default_detail = _("Together with the other contributions, this amount is too large.")


class RecipientsDoNotGive(Forbidden):
    default_code = "recipient"
    default_detail = _("This list is for you, so you can't give anything on it.")


class RecipientsOnly(Forbidden):
    default_code = "recipient_only"
    default_detail = _("Only recipients of this list can mark items as received or set them aside.")


class MembersOnly(Forbidden):
    default_code = "members_only"
    default_detail = _("Only people who were invited to this list can do this.")


class NoSuchContribution(NotFound):
    default_code = "no_such_contribution"
    default_detail = _("You don't have this contribution.")


class OtherCurrency(Refusal):
    """All contributions to an item are in one currency: that of earlier contributions or of the collection."""

    default_code = "other_currency"
    default_detail = _("Contributions for this are in another currency.")

    def __init__(self, currency: str) -> None:
        detail = _("Contributions for this are in %(currency)s. Give the amount in %(currency)s.")
        super().__init__(detail % {"currency": currency}, currency=currency)


class TargetReached(Refusal):
    """The target leaves no room for that amount. `remaining` is what is still missing."""

    default_code = "target_reached"
    default_detail = _("This is fully funded already.")

    def __init__(self, left_minor: int, currency: str) -> None:
        remaining = Money(left_minor, currency)
        more = _("Only %(left)s to go. Give that much or less.") % {"left": remaining}
        super().__init__(more if left_minor else None, remaining=remaining, currency=currency)


class NoTarget(Refusal):
    default_code = "no_target"
    default_detail = _("There is no target, so enter an amount.")


class CollectionOpen(Refusal):
    default_code = "collection_open"
    default_detail = _("There is already a group gift for this. You can chip in there.")


class NoSuchCollection(NotFound):
    default_code = "no_such_collection"
    default_detail = _("There is no group gift for this, or it has ended.")


class OrganisersOnly(Forbidden):
    default_code = "organiser_only"
    default_detail = _("Only the organiser can do this.")


class NoSuchOrganiser(Refusal):
    status_code = 400
    default_code = "no_such_organiser"
    default_detail = _("Choose someone who was invited to this list and isn't a recipient.")


class NotRevealed(Refusal):
    """Does not depend on who asks or on what was given."""

    default_code = "not_revealed"
    default_detail = _("The gifts on this list haven't been revealed yet.")


class RevealersOnly(Forbidden):
    default_code = "recipient_only"
    default_detail = _("Only recipients of this list can do this.")


class NotConfirmed(Refusal):
    status_code = 400
    default_code = "confirmation_required"
    default_detail = _(
        "A reveal shows everyone on the list who gave what and can't be undone. Send confirm: true to do it."
    )


class NoSuchGiver(NotFound):
    default_code = "no_such_giver"
    default_detail = _("No giver on this list has this id.")


class ThanksSent(Refusal):
    default_code = "thanks_sent"
    default_detail = _("This note was already sent, so you can't change it.")


class NothingToSend(Refusal):
    default_code = "no_note"
    default_detail = _("Write a note first, or mark this giver as thanked without one.")


class NotReachable(Refusal):
    default_code = "not_reachable"
    default_detail = _("We can't e-mail this guest. Thank them yourself, then mark them as thanked.")


class BadLane(Refusal):
    status_code = 400
    default_code = "bad_lane"
    default_detail = _("lane must be givers or questions.")


class AnswersOnly(Forbidden):
    default_code = "answers_only"
    default_detail = _("Givers ask questions. Recipients and editors answer them.")


class SecretFromThem(Refusal):
    default_code = "secret_item"
    default_detail = _("Recipients don't know about this wish, so you can't ask them about it.")


class NoSuchMessage(NotFound):
    default_code = "no_such_message"
    default_detail = _("This message doesn't exist, or you can't answer or delete it.")


class TalkFull(Refusal):
    default_code = "talk_full"
    default_detail = _("There are too many messages here already.")


class TalkTooFast(Refusal):
    status_code = 429
    default_code = "too_many_messages"
    wait = 60
    default_detail = _("You've sent a lot of messages in one minute. Wait a moment and try again.")


class ConfirmFirst(Refusal):
    """The text doesn't say that a code was sent, because a refusal also rolls back a new guest and their mail."""

    default_code = "confirm_first"
    default_detail = _(
        "On this list, guests must confirm their e-mail address first. We e-mail a code to guests when "
        "they reserve something or give their name."
    )


class ChangedMeanwhile(Refusal):
    """`If-Match` names an older state. The answer has the tag of the current one."""

    status_code = 412
    default_code = "changed_meanwhile"
    default_detail = _("This was changed since you read it. Read it again before you change it.")

    def __init__(self, tag: str) -> None:
        super().__init__()
        self.headers = {"ETag": tag}

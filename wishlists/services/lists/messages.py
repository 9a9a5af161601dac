"""Talk about an item. Two lanes: givers among themselves, and questions to those for whom it is, who never learn who asked.

What recipients may say is bounded by what recipients and editors said alone, so that no refusal tells of givers.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import append_body, notify
from core.db.change import change
from core.limits.rate_limits import (
    MESSAGES,
    MESSAGES_A_MINUTE,
    QUESTIONS,
    QUESTIONS_A_VISITOR,
    refuse_beyond,
)
from wishlists.access.former_givers import readers_among
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item, Member, Message
from wishlists.models.messages import MessageQuerySet
from wishlists.models.viewers import Audience, Viewer
from wishlists.refusals import (
    AnswersOnly,
    MembersOnly,
    NoSuchMessage,
    SecretFromThem,
    TalkFull,
    TalkTooFast,
)
from wishlists.services.locking import lock_item, lock_item_as
from wishlists.services.notices.guest_mail import guests_among, tell_guests

MAX_MESSAGES = 200
"""An item's lane holds so many, and a question so many answers."""


@change()
def add_message(*, item: Item, by: Viewer, lane: str, text: str) -> Message:
    """Say something among givers, or ask."""
    current, viewpoint = lock_item_as(by, item)
    if lane == Message.Lane.GIVERS:
        viewpoint.require_giver()
        if viewpoint.audience is not Audience.GIVER:
            raise MembersOnly
    elif viewpoint.is_recipient:
        raise AnswersOnly
    if lane == Message.Lane.QUESTIONS and current.is_secret:
        raise SecretFromThem
    _bound(current.messages.live().filter(lane=lane, answer_to=None), by)
    if lane == Message.Lane.QUESTIONS:
        _bound_questions(by)
    made = Message.objects.create(item=current, lane=lane, user=by.user, guest=by.guest, text=text)
    if lane == Message.Lane.QUESTIONS:
        _tell_asked(current)
    return made


@change()
def answer_message(*, item: Item, by: Viewer, question_id: UUID, text: str) -> Message:
    """Answer a question, for everybody to read: those for whom it is, and whoever edits the list."""
    current, viewpoint = lock_item_as(by, item)
    if not may_answer(viewpoint):
        raise AnswersOnly
    question = current.messages.questions().filter(pk=question_id).select_related("user", "guest").first()
    if question is None:
        raise NoSuchMessage
    _bound(question.answers.live(), by)
    made = Message.objects.create(
        item=current, lane=Message.Lane.QUESTIONS, answer_to=question, user=by.user, text=text
    )
    _tell_answered(current, question, text)
    return made


@change()
def remove_message(*, message: Message, by: Viewer) -> Message:
    """Take one's own words back. A question takes its answers with it: they would hang in the air."""
    item = lock_item(message.item, withdrawn_too=True)
    mine = Message.objects.live().written_by(by).filter(pk=message.pk).first()
    if mine is None:
        raise NoSuchMessage
    withdraw_message(mine, item)
    return mine


def take_back(item: Item, by: Viewer, message_id: UUID) -> None:
    """The same, for a message that an address names."""
    message = item.messages.live().written_by(by).filter(pk=message_id).first()
    if message is None:
        raise NoSuchMessage
    message.item = item
    remove_message(message=message, by=by)


def withdraw_message(message: Message, item: Item) -> None:
    """Withdraw without asking who may, answers included. Within a change that has locked `item`, of which it is."""
    for gone in [message, *message.answers.live().order_by("created_at", "id")]:
        gone.item = item
        gone.removed_at = timezone.now()
        gone.save(update_fields=["removed_at"])


def may_answer(viewpoint: Viewpoint) -> bool:
    """Those for whom it is, and whoever edits the list, by its own address."""
    if viewpoint.is_recipient:
        return viewpoint.is_member
    return viewpoint.is_editor and not viewpoint.viewer.by_link


def _bound(lane: MessageQuerySet, by: Viewer) -> None:
    if lane.count() >= MAX_MESSAGES:
        raise TalkFull
    refuse_beyond(MESSAGES_A_MINUTE, _speaker(by), refusal=TalkTooFast)
    refuse_beyond(MESSAGES, _speaker(by))


def _bound_questions(by: Viewer) -> None:
    """Limit questions: recipients are notified of each, and it is easy to become a new guest."""
    refuse_beyond(QUESTIONS, _speaker(by))
    if by.guest is not None and by.guest.visitor:
        refuse_beyond(QUESTIONS_A_VISITOR, by.guest.visitor)


def _speaker(by: Viewer) -> UUID | None:
    who = by.user or by.guest
    return who.pk if who else None


def _tell_asked(item: Item) -> None:
    """Those for whom it is, else the owner, who keeps it for somebody. Nobody learns who asked."""
    people = User.objects.filter(is_active=True).order_by("pk")
    recipients = people.filter(pk__in=item.wishlist.members.recipients().values("user"))
    notify(
        users=recipients or people.filter(pk=item.wishlist.owner_id),
        kind="question_asked",
        title=_("Someone asked a question about “%(item)s”") % {"item": item.title},
        payload=_named(item),
        about=f"item {item.pk}",
    )


def _tell_answered(item: Item, question: Message, text: str) -> None:
    """Whoever asked, while they may still read it."""
    asked = User.objects.filter(messages=question, is_active=True)
    blind = Member.objects.blinding().filter(wishlist=item.wishlist_id).values("user")
    notify(
        users=readers_among(asked, item.wishlist).filter(~Q(pk__in=blind)),
        kind="question_answered",
        title=_("Your question about “%(item)s” was answered") % {"item": item.title},
        body=text,
        payload=_named(item),
        about=f"question {question.pk}",
        merge=append_body,
    )
    tell_guests(guests_among([question.guest]), kind="question_answered", item=item)


def _named(item: Item) -> dict[str, str]:
    names = {"item_title": item.title, "list_title": item.wishlist.title}
    return names | {"item_id": str(item.pk), "wishlist_id": str(item.wishlist_id)}

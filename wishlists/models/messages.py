"""What people say about an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db.models import PushedModel
from core.text.text_columns import LinesColumn
from wishlists.models.giving import one_giver
from wishlists.models.items import Item
from wishlists.models.people import Guest

if TYPE_CHECKING:
    from wishlists.models.viewers import Viewer


class MessageQuerySet(models.QuerySet["Message"]):
    def live(self) -> MessageQuerySet:
        return self.filter(removed_at=None)

    def questions(self) -> MessageQuerySet:
        """What one may answer."""
        return self.live().filter(lane=Message.Lane.QUESTIONS, answer_to=None)

    def written_by(self, viewer: Viewer) -> MessageQuerySet:
        """This person's own words; without an account and without a guest: none."""
        if viewer.user is not None:
            return self.filter(user=viewer.user)
        return self.filter(guest=viewer.guest) if viewer.guest else self.none()


class Message(PushedModel):
    """One line of one of an item's two lanes.

    GIVERS: among those let in who are not recipients. QUESTIONS: to the recipients, who never learn who asked; their
    answer (`answer_to`) is for everybody.
    """

    class Lane(models.TextChoices):
        GIVERS = "givers", _("among givers")
        QUESTIONS = "questions", _("questions to the recipient")

    item = models.ForeignKey(Item, models.PROTECT, related_name="messages")
    lane = models.CharField(max_length=10, choices=Lane)
    answer_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="answers")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="messages")
    guest = models.ForeignKey(Guest, models.PROTECT, null=True, related_name="messages")
    text = LinesColumn()
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            one_giver("message_one_author"),
            models.CheckConstraint(
                condition=Q(answer_to=None) | Q(lane="questions"), name="message_answers_questions"
            ),
        ]
        indexes = [models.Index("item", "lane", "created_at", name="message_in_order")]

"""Exchanges of gifts, who takes part, and who may not give to whom."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Tenant, User
from core.db.models import UUIDModel
from core.mailboxes.mailbox_columns import MailboxColumn
from core.text.text_columns import LineColumn, LinesColumn
from wishlists.models import Wishlist


class ExchangeQuerySet(models.QuerySet["Exchange"]):
    def live(self) -> ExchangeQuerySet:
        return self.filter(removed_at=None)

    def of(self, user: User) -> ExchangeQuerySet:
        """Exchanges that `user` organises or takes part in, in their own tenant (G21)."""
        places = Participant.objects.live().are(user).values("exchange")
        return self.live().filter(Q(organiser=user) | Q(pk__in=places), tenant=user.tenant_id)


class Exchange(UUIDModel):
    """An exchange of gifts. Each participant gives to one other, and is told by the draw to whom."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    organiser = models.ForeignKey(User, models.PROTECT, related_name="exchanges")
    title = LineColumn(_("title"), max_length=120)
    day = models.DateField(_("day of the exchange"), null=True, blank=True)
    budget_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    note = LinesColumn(_("note"), blank=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    """An earlier exchange, whose pairs the draw avoids where it can."""
    link_key = models.UUIDField(default=uuid.uuid4, editable=False)
    """What the token of the link to join is made of. A new key makes the old link invalid."""
    draw_number = models.PositiveIntegerField(default=0, editable=False)
    """How often it was drawn."""
    drawn_at = models.DateTimeField(null=True, editable=False)
    needs_draw = models.BooleanField(default=True, editable=False)
    """Whether participants or exclusions have changed since the last draw, or there was none."""
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = ExchangeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    @property
    def is_drawn(self) -> bool:
        return self.drawn_at is not None


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def live(self) -> ParticipantQuerySet:
        return self.filter(left_at=None)

    def are(self, user: User) -> ParticipantQuerySet:
        """Match the places of `user`: those of the account, and those of its address, once that is verified."""
        theirs = Q(user=user)
        if user.address_counts and user.mailbox:
            theirs |= Q(user=None, mailbox=user.mailbox)
        return self.filter(theirs)


class Participant(UUIDModel):
    """Somebody who takes part: with an account, with an e-mail address, or with nothing but a name and a private link.

    `sealed` is to whom they give, encrypted (exchanges/access/sealing.py). Nobody but they can read it here.
    """

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="participants")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    name = LineColumn(_("name"), max_length=80)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    mailbox = MailboxColumn(db_index=True)
    language = models.CharField(max_length=10, default="en")
    wishes = LinesColumn(_("wishes"), blank=True)
    wishlist = models.ForeignKey(Wishlist, models.PROTECT, null=True, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    """What the token of the private link is made of."""
    is_self_made = models.BooleanField(default=False, editable=False)
    """Whether they joined by themselves, so nobody else has seen their private link."""
    code_mac = models.CharField(max_length=64, blank=True, editable=False)
    """A keyed digest of the code that they chose for their private link (exchanges/access/link_codes.py)."""
    sealed = models.BinaryField(null=True, editable=False)
    opened_draw = models.PositiveIntegerField(default=0, editable=False)
    """The number of the draw that was last shown by the private link."""
    opened_at = models.DateTimeField(null=True, editable=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, editable=False)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "exchange", "user", condition=Q(left_at=None), name="once_in_an_exchange"
            ),
            models.UniqueConstraint(
                "exchange",
                "mailbox",
                condition=Q(left_at=None) & ~Q(mailbox=""),
                name="one_participant_a_mailbox",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_by_link(self) -> bool:
        """Whether only their private link leads them here. The organiser hands it to them."""
        return self.user_id is None and not self.email


class Exclusion(UUIDModel):
    """`giver` never gives to `receiver`; if it is mutual, nor the other way round."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="exclusions")
    giver = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    is_mutual = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("giver", "receiver", name="excluded_once"),
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="excluded_from_another"),
        ]

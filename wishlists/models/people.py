"""The people of a list: members with an account, and guests, who come by a link."""

from __future__ import annotations

from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Group, User
from core.db.models import PushedModel, UUIDModel
from core.text.text_columns import LineColumn
from people.models import Person
from wishlists.models.lists import Wishlist

_SECRET = Q(wishlist__revealed_at=None) & ~Q(wishlist__policy=Wishlist.Policy.OPEN)
_BLINDING = Q(is_recipient=True) & (Q(removed_at=None) | _SECRET)


class MemberQuerySet(models.QuerySet["Member"]):
    def live(self) -> MemberQuerySet:
        return self.filter(removed_at=None)

    def recipients(self) -> MemberQuerySet:
        """The recipients of the list now."""
        return self.live().filter(is_recipient=True)

    def blinding(self) -> MemberQuerySet:
        """Memberships that keep their user blind: those of recipients, and those of recipients who left before the
        reveal.

        Otherwise a recipient could leave the list and look at it from outside.
        """
        return self.filter(_BLINDING)

    def counting(self) -> MemberQuerySet:
        """Memberships that still matter: live ones, and blinding ones (annotated as `is_blinding`)."""
        marked = self.annotate(is_blinding=ExpressionWrapper(_BLINDING, models.BooleanField()))
        return marked.filter(Q(removed_at=None) | Q(is_blinding=True))


class Member(PushedModel):
    """A person's membership of a list. The role says what they may do; `is_recipient` says that giving is hidden from
    them.
    """

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        EDITOR = "editor", _("editor")
        VIEWER = "viewer", _("viewer")

    wishlist = models.ForeignKey(Wishlist, models.PROTECT, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    """The strongest of the role that was given to this person and the roles of their groups."""
    role_without_groups = models.CharField(max_length=10, choices=Role, null=True, blank=True, editable=False)  # noqa: DJ001
    """The role that was given to this person, if groups make the difference. "" if only groups give them a place here.
    None if `role` is the one that was given.
    """
    is_recipient = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")

    is_blinding: bool
    """Annotated by `counting`."""

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "wishlist", "user", condition=Q(removed_at=None), name="one_place_a_person"
            ),
            models.UniqueConstraint(
                "wishlist", condition=Q(removed_at=None, role="owner"), name="one_owner_a_list"
            ),
        ]

    @property
    def own_role(self) -> str | None:
        """The role that was given to this person. None if they have their place only through groups."""
        return self.role if self.role_without_groups is None else self.role_without_groups or None


class GroupShareQuerySet(models.QuerySet["GroupShare"]):
    def live(self) -> GroupShareQuerySet:
        return self.filter(group__removed_at=None)


class GroupShare(UUIDModel):
    """A list is shared with a group. Each of its people also has a `Member` row, which is what everything reads."""

    wishlist = models.ForeignKey(Wishlist, models.PROTECT, related_name="group_shares")
    group = models.ForeignKey(Group, models.PROTECT, related_name="list_shares")
    role = models.CharField(max_length=10, choices=Member.Role)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = GroupShareQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("wishlist", "group", name="once_shared_with_a_group")]


class PersonRecipient(UUIDModel):
    """Somebody without an account for whom a list is: one of its owner's people.

    The list shows `recipient_name`, which is made of their names; nothing else that is noted of them reaches anybody.
    """

    wishlist = models.ForeignKey(Wishlist, models.PROTECT, related_name="person_recipients")
    person = models.ForeignKey(Person, models.PROTECT, related_name="lists")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("wishlist", "person", name="one_place_a_person_without_account")
        ]


class Guest(UUIDModel):
    """A giver without an account. Their manage token is derived from the id and is not stored."""

    wishlist = models.ForeignKey(Wishlist, models.PROTECT, related_name="guests")
    name = LineColumn(_("name"), max_length=80)
    email = models.EmailField(_("e-mail address"), blank=True)
    visitor = models.CharField(max_length=64, blank=True, editable=False)
    """A keyed digest of the browser or address that they came from. It limits the number of guests per visitor, and
    identifies nobody.
    """
    confirmed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

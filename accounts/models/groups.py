"""Groups of people: families, friends, colleagues. Other apps share things with them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Tenant, User
from core.db.models import UUIDModel
from core.text.text_columns import LineColumn


class GroupQuerySet(models.QuerySet["Group"]):
    def live(self) -> GroupQuerySet:
        return self.filter(removed_at=None)

    def of(self, user: User) -> GroupQuerySet:
        """Groups of which `user` is a member, in their own tenant (G21)."""
        return self.live().filter(tenant=user.tenant_id, members__user=user)


class Group(UUIDModel):
    """Some people of one tenant. A removed group stays as a row, because logs name it."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="groups", db_index=False)
    name = LineColumn(_("name"), max_length=80)
    invitations_epoch = models.PositiveIntegerField(default=0, editable=False)
    """Named by invitations. Raising it revokes all that were sent so far."""
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = GroupQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class GroupMember(UUIDModel):
    """A person in a group. The row is deleted when they leave."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("admin")
        MEMBER = "member", _("member")

    group = models.ForeignKey(Group, models.PROTECT, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="group_places")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("group", "user", name="once_in_a_group")]

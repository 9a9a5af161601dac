"""The signal receivers that decide what is pushed to sockets. Nothing else pushes.

Receivers note facts while a change is open. When it closes, still inside the transaction, events are built from the
facts and appended to the streams. After the commit `publish` sends hints. Services, the admin and a `save()` in a shell
all pass through here.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any

from django.db import models
from django.db.models.signals import ModelSignal, post_delete, post_save, pre_save
from django.dispatch import receiver

from accounts.models import Notification, Session, Tenant, User
from core.db.change import change, change_closing, note
from jobs.models import Job
from realtime.capture.alternatives import CLOSING, choice_before, note_alternatives
from realtime.capture.event_builder import append_events
from realtime.capture.facts import (
    AccessChanged,
    AvatarChanged,
    ItemAdded,
    ItemChanged,
    ItemRemoved,
    JobProgressed,
    ListChanged,
    ListGone,
    MemberMoved,
    MessageRenamed,
    NameChanged,
    NotificationAdded,
    SightChanged,
    SuggestionAdded,
    SuggestionRemoved,
)
from realtime.capture.funding import facts_of_collection, facts_of_contribution, there_again
from realtime.capture.messages import added, removed
from realtime.log.hints import hint
from sharing.models import PublicLink, Suggestion
from wishlists.access.audience import sight_of
from wishlists.models import Collection as Collecting
from wishlists.models import Contribution, Guest, Item, Member, Message, Reservation, Wishlist
from wishlists.models.viewers import Audience, Scope, Sight

SEEN_WHOLE = (Item, Message, Reservation, Wishlist, Member, Suggestion, PublicLink, User, Session)
"""Models whose full `save()` is compared with the stored row, because a full save doesn't say which fields changed."""

UNITS = {"units_taken", "cap"}
QUIET = {"lapses_at", "nudged_at", "updated_at"}
"""Fields of a reservation that only its holder reads, and not as part of the item."""
UNSEEN = {"shared_at", "invitations_epoch"}


_ACCESS = AccessChanged()


@receiver(change_closing, sender=change, dispatch_uid="realtime.change_closing")
def on_change_closing(facts: list[Hashable], **_: Any) -> None:
    hint(append_events(facts), access=_ACCESS in facts)


def on_pre_save(
    sender: type[models.Model],
    instance: models.Model,
    raw: bool,
    update_fields: Collection[str] | None,
    **_: Any,
) -> None:
    """Remember the stored row before a full save, so that a `save()` in a shell pushes only the fields that changed."""
    asked = update_fields is None or (sender is Item and "choice" in update_fields)
    known = not raw and asked and not instance._state.adding
    instance.__dict__["_before"] = _stored(sender, instance) if known else None


def _stored(model: type[models.Model], instance: models.Model) -> dict[str, Any] | None:
    return model._base_manager.filter(pk=instance.pk).values().first()


for _model in SEEN_WHOLE:
    pre_save.connect(on_pre_save, sender=_model, dispatch_uid=f"realtime.before.{_model.__name__}")


def _changed(instance: models.Model, update_fields: Collection[str] | None) -> set[str]:
    """Return the names of the fields whose values this save changed, or all fields if that isn't known."""
    before = instance.__dict__.pop("_before", None) or {}
    if update_fields is not None:
        return set(update_fields)
    fields = instance._meta.concrete_fields
    missing = object()
    return {
        field.name
        for field in fields
        if before.get(field.attname, missing) != getattr(instance, field.attname)
    }


@receiver(post_save, sender=Item, dispatch_uid="realtime.item_saved")
def item_saved(
    instance: Item, created: bool, raw: bool, update_fields: Collection[str] | None, **_: Any
) -> None:
    if raw:
        return
    left = choice_before(instance)
    changed = _changed(instance, update_fields)
    if instance.draft_of_id is not None:
        return
    if created or "draft_of" in changed:
        note(ItemAdded(instance.wishlist_id, instance.pk))
    elif "removed_at" in changed:
        gone = instance.removed_at is not None
        note((ItemRemoved if gone else ItemAdded)(instance.wishlist_id, instance.pk))
        for said in () if gone else there_again(instance):
            note(said)
    elif changed and changed <= UNITS:
        note(ItemChanged(instance.wishlist_id, instance.pk, Scope.UNITS))
    else:
        note(ItemChanged(instance.wishlist_id, instance.pk, Scope.EDIT))
    if not created and changed & CLOSING:
        note_alternatives(instance, left)


@receiver(post_delete, sender=Item, dispatch_uid="realtime.item_deleted")
def item_deleted(instance: Item, **_: Any) -> None:
    """Only a shell deletes rows. If not everybody knew of the item, its audiences get a snapshot, because the row is
    no longer there to say who they are."""
    if instance.is_secret:
        note(SightChanged(instance.wishlist_id, Audience.GIVER))
    elif instance.draft_of_id is None:
        note(ItemRemoved(instance.wishlist_id, instance.pk))
    note_alternatives(instance)


@receiver(post_save, sender=Reservation, dispatch_uid="realtime.reservation_saved")
def reservation_saved(
    instance: Reservation, created: bool, raw: bool, update_fields: Collection[str] | None, **_: Any
) -> None:
    if raw:
        return
    changed = _changed(instance, update_fields)
    if changed and changed <= QUIET:
        return
    counts = created or changed & {"units", "stage", "released_at"}
    _note_giving(instance, Scope.UNITS if counts else Scope.GIVING)


@receiver(post_delete, sender=Reservation, dispatch_uid="realtime.reservation_deleted")
def reservation_deleted(instance: Reservation, **_: Any) -> None:
    _note_giving(instance, Scope.UNITS)


def _note_giving(reservation: Reservation, scope: Scope) -> None:
    note(ItemChanged(reservation.item.wishlist_id, reservation.item.pk, scope))


@receiver(post_save, sender=Guest, dispatch_uid="realtime.guest_saved")
def guest_saved(
    instance: Guest, created: bool, raw: bool, update_fields: Collection[str] | None, **_: Any
) -> None:
    """A guest's new name changes what the guest holds and wrote, for viewers who see names."""
    if raw or created or "name" not in (update_fields or ()):
        return
    held = Reservation.objects.active().filter(guest=instance).order_by("item_id")
    said = Message.objects.live().filter(guest=instance).order_by("created_at", "pk")
    with change():
        for wishlist_id, item_id in held.values_list("item__wishlist_id", "item_id"):
            note(ItemChanged(wishlist_id, item_id, Scope.GIVING))
        for wishlist_id, message_id in said.values_list("item__wishlist_id", "pk"):
            note(MessageRenamed(wishlist_id, message_id))


@receiver(post_save, sender=Contribution, dispatch_uid="realtime.contribution_saved")
@receiver(post_delete, sender=Contribution, dispatch_uid="realtime.contribution_deleted")
def contribution_moved(instance: Contribution, raw: bool = False, **_: Any) -> None:
    for said in () if raw else facts_of_contribution(instance):
        note(said)


@receiver(post_save, sender=Collecting, dispatch_uid="realtime.collection_saved")
@receiver(post_delete, sender=Collecting, dispatch_uid="realtime.collection_deleted")
def collection_moved(instance: Collecting, signal: ModelSignal, raw: bool = False, **_: Any) -> None:
    for said in () if raw else facts_of_collection(instance, gone=signal is post_delete):
        note(said)


@receiver(post_save, sender=Message, dispatch_uid="realtime.message_saved")
def message_saved(
    instance: Message, created: bool, raw: bool, update_fields: Collection[str] | None, **_: Any
) -> None:
    if raw:
        return
    gone = not created and instance.removed_at and "removed_at" in _changed(instance, update_fields)
    note(removed(instance) if gone else added(instance))


@receiver(post_delete, sender=Message, dispatch_uid="realtime.message_deleted")
def message_deleted(instance: Message, **_: Any) -> None:
    note(removed(instance))


@receiver(post_save, sender=Wishlist, dispatch_uid="realtime.wishlist_saved")
def wishlist_saved(
    instance: Wishlist, created: bool, raw: bool, update_fields: Collection[str] | None, **_: Any
) -> None:
    """Do nothing for a new list: nobody follows it yet."""
    if raw or created:
        return
    changed = _changed(instance, update_fields)
    if changed & {"removed_at", "hidden_at", "is_public", "tenant", "guests_identify", "guests_confirm"}:
        note(_ACCESS)
    if changed & {"removed_at", "hidden_at"}:
        _note_presence(instance)
    else:
        _note_sight(instance, changed)
        if not changed or changed - UNSEEN:
            note(ListChanged(instance.pk))


def _note_presence(wishlist: Wishlist) -> None:
    """Note that a list is gone, or that it is back: then clients need a snapshot, because nothing was pushed
    meanwhile."""
    if wishlist.removed_at or wishlist.hidden_at:
        note(ListGone(wishlist.pk))
        return
    for audience in Audience:
        note(SightChanged(wishlist.pk, audience))


def _note_sight(wishlist: Wishlist, changed: set[str]) -> None:
    """Note which audiences see more or less than before."""
    if changed & {"policy", "revealed_at"}:
        note(SightChanged(wishlist.pk, Audience.RECIPIENT))
    if "names_shown" in changed:
        note(SightChanged(wishlist.pk, Audience.GIVER))
        if sight_of(Audience.RECIPIENT, wishlist) is Sight.FULL:
            note(SightChanged(wishlist.pk, Audience.RECIPIENT))


@receiver(post_delete, sender=Wishlist, dispatch_uid="realtime.wishlist_deleted")
def wishlist_deleted(instance: Wishlist, **_: Any) -> None:
    note(_ACCESS)
    note(ListGone(instance.pk))


@receiver(post_save, sender=Member, dispatch_uid="realtime.member_saved")
def member_saved(
    instance: Member, created: bool, raw: bool, update_fields: Collection[str] | None, **_: Any
) -> None:
    """A new member may already follow the list as one of the public, so their access is checked again."""
    if raw or (created and instance.role == Member.Role.OWNER):
        return
    note(_ACCESS)
    changed = _changed(instance, update_fields)
    if not created and "is_recipient" in changed:
        note(ListChanged(instance.wishlist_id))
    if created:
        note(MemberMoved(instance.wishlist_id, instance.user_id, "member_joined"))
    elif "removed_at" in changed:
        event = "member_joined" if instance.removed_at is None else _leaving(instance)
        note(MemberMoved(instance.wishlist_id, instance.user_id, event))


@receiver(post_delete, sender=Member, dispatch_uid="realtime.member_deleted")
def member_deleted(instance: Member, **_: Any) -> None:
    note(_ACCESS)
    note(MemberMoved(instance.wishlist_id, instance.user_id, "member_removed"))


def _leaving(member: Member) -> str:
    return "member_left" if member.removed_by_id == member.user_id else "member_removed"


@receiver(post_save, sender=Suggestion, dispatch_uid="realtime.suggestion_saved")
def suggestion_saved(
    instance: Suggestion, created: bool, raw: bool, update_fields: Collection[str] | None, **_: Any
) -> None:
    if raw or not (created or "status" in _changed(instance, update_fields)):
        return
    if instance.status == Suggestion.Status.PENDING:
        note(SuggestionAdded(instance.pk))
    elif not created:
        note(SuggestionRemoved(instance.wishlist_id, instance.pk))


@receiver(post_delete, sender=Suggestion, dispatch_uid="realtime.suggestion_deleted")
def suggestion_deleted(instance: Suggestion, **_: Any) -> None:
    note(SuggestionRemoved(instance.wishlist_id, instance.pk))


@receiver(post_save, sender=Notification, dispatch_uid="realtime.notification_saved")
def notification_saved(
    instance: Notification, created: bool, raw: bool, update_fields: Collection[str] | None, **_: Any
) -> None:
    """Push a notification that is new or says more than before. Reading one pushes nothing, nor does one that is not for
    the inbox."""
    if (
        instance.is_listed
        and not raw
        and (created or {"title", "body", "payload"}.intersection(update_fields or ()))
    ):
        note(NotificationAdded(instance.pk))


@receiver(post_save, sender=Tenant, dispatch_uid="realtime.tenant_saved")
def tenant_saved(created: bool, raw: bool, **_: Any) -> None:
    """It may have been deactivated, so the access of all sockets is checked again."""
    if not raw and not created:
        note(_ACCESS)


@receiver(post_save, sender=Job, dispatch_uid="realtime.job_saved")
def job_saved(instance: Job, raw: bool, update_fields: Collection[str] | None, **_: Any) -> None:
    """Push the progress of a job if the service says that it is time to (jobs/services/running.py)."""
    if not raw and "pushed_at" in (update_fields or ()):
        note(JobProgressed(instance.pk))


@receiver(post_save, sender=User, dispatch_uid="realtime.user_saved")
def user_saved(
    instance: User, created: bool, raw: bool, update_fields: Collection[str] | None, **_: Any
) -> None:
    if raw or created:
        return
    changed = _changed(instance, update_fields)
    if changed & {"is_active", "removed_at", "tenant"}:
        note(_ACCESS)
    if "avatar_url" in changed:
        note(AvatarChanged(instance.pk))
    if "display_name" in changed:
        note(NameChanged(instance.pk))


@receiver(post_save, sender=Session, dispatch_uid="realtime.session_saved")
@receiver(post_save, sender=PublicLink, dispatch_uid="realtime.link_saved")
def key_saved(
    instance: Session | PublicLink, created: bool, raw: bool, update_fields: Collection[str] | None, **_: Any
) -> None:
    """A log-in ended, or a link was revoked or got another end date."""
    if not (raw or created) and _changed(instance, update_fields) & {"ended_at", "revoked_at", "expires_at"}:
        note(_ACCESS)


@receiver(post_delete, sender=User, dispatch_uid="realtime.user_deleted")
@receiver(post_delete, sender=Session, dispatch_uid="realtime.session_deleted")
@receiver(post_delete, sender=PublicLink, dispatch_uid="realtime.link_deleted")
def key_deleted(**_: Any) -> None:
    note(_ACCESS)

"""Invite people by e-mail, and handle their answers (docs/invitations.md).

    invite(*, kind, target, by, email, role, is_recipient=False) -> Invitation
    find_invitation(token) -> Found                 whoever has the token may see what it says
    accept_invitation(*, token, user) -> Joined
    register_invited(*, token, email, ...) -> User  creates an account for the invited address
    decline_invitation(*, token, user)              the person who invited is notified

Inviting looks up no account: the answer, the rows and the time are the same for every address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Notification, User
from accounts.projections.notice_kinds import Group, declare_kind
from accounts.projections.notice_payloads import declare_payload
from accounts.services.inbox import notify
from accounts.services.people import register_user
from core.db.change import change
from core.errors.refusals import NotFound
from core.limits.rate_limits import INVITATIONS, refuse_beyond
from core.mailboxes.mailbox_forms import own_mailbox
from sharing.access.invitation_tokens import Invitation, Kind, digest_of, read_invitation
from sharing.invitation_tasks import mail_invitation
from sharing.refusals import NoSuchInvitation, OtherAddress, OwnAddress
from sharing.services.invitation_targets import TARGETS, Target
from wishlists.refusals import NoLongerInvited

declare_payload("invitation_declined", "name", "title")
declare_kind("invitation_declined", _lazy("Somebody declines your invitation"), Group.LISTS)


@dataclass(frozen=True)
class Found:
    """An invitation that can be accepted now, with what it leads to."""

    invitation: Invitation
    row: Any
    inviter: User

    @property
    def target(self) -> Target[Any]:
        return TARGETS[self.invitation.kind]

    @property
    def title(self) -> str:
        return self.target.title_of(self.row)


class Joined(NamedTuple):
    invitation: Invitation
    role: str


@change()
def invite(
    *, kind: Kind, target: Model, by: User, email: str, role: str, is_recipient: bool = False
) -> Invitation:
    """Queue a mail with an invitation to `target`."""
    handler = TARGETS[kind]
    current = handler.lock_to_invite(target, by)
    if own_mailbox(email) == by.mailbox:
        raise OwnAddress
    refuse_beyond(INVITATIONS, by.pk)
    made = Invitation(
        kind=kind,
        target_id=current.pk,
        tenant_id=current.tenant_id,
        role=role,
        is_recipient=is_recipient,
        invited_by=by.pk,
        address_digest=digest_of(email),
        epoch=current.invitations_epoch,
        issued_at=timezone.now(),
    )
    mail_invitation.enqueue(email=email.strip(), language=get_language() or "en", **made.as_stored())
    handler.note_invited(current, by)
    return made


def find_invitation(token: str) -> Found:
    """Return what the token leads to. Raises NoSuchInvitation, or NoLongerInvited if it has expired or was revoked."""
    invitation = read_invitation(token)
    if invitation is None:
        raise NoSuchInvitation
    row = TARGETS[invitation.kind].find(invitation.target_id)
    inviter = User.objects.filter(pk=invitation.invited_by, is_active=True).first()
    if row is None or inviter is None:
        raise NoLongerInvited
    return _still_good(Found(invitation, row, inviter))


def accept_invitation(*, token: str, user: User) -> Joined:
    """Let the user in. A member who accepts again gets the same answer."""
    return _accept(_addressed_to(user, token), user)


def decline_invitation(*, token: str, user: User) -> None:
    """Notify the person who sent the invitation, once. The user may still accept it later."""
    _decline(_addressed_to(user, token), user)


def register_invited(*, token: str, email: str, **given: Any) -> User:
    """Create an account for the invited address, in the tenant of what it is invited to. Nobody joins yet: the address
    must be verified first. `given` is what `register_user` takes.
    """
    invitation = find_invitation(token).invitation
    if not invitation.is_addressed_to(email):
        raise OtherAddress(_("Use the e-mail address to which the invitation was sent."))
    return register_user(email=email, tenant_id=invitation.tenant_id, **given)


def _addressed_to(user: User, token: str) -> Found:
    found = find_invitation(token)
    if found.invitation.is_for(user):
        return found
    if found.invitation.is_addressed_to(user.email) and not user.address_counts:
        raise OtherAddress(_("Verify your e-mail address first. Then you can accept this invitation."))
    raise OtherAddress


@change()
def _accept(found: Found, user: User) -> Joined:
    """The lock makes one of several acceptances at once add the person. The others find them there."""
    now = _locked(found)
    return Joined(now.invitation, now.target.join(now.row, user, now.inviter, now.invitation))


@change()
def _decline(found: Found, user: User) -> None:
    now = _locked(found)
    about = f"invitation {now.invitation.address_digest.hex()} {now.invitation.issued_at.timestamp()}"
    if Notification.objects.filter(user=now.inviter, kind="invitation_declined", about=about).exists():
        return
    told = {"name": user.display_name, "title": now.title}
    notify(
        users=[now.inviter],
        kind="invitation_declined",
        title=_("%(name)s declined your invitation to “%(title)s”") % told,
        payload=told,
        about=about,
    )


def _locked(found: Found) -> Found:
    """Return what is found now, under the lock: it may have been revoked while we waited."""
    try:
        row = found.target.lock(found.row)
    except NotFound as error:
        raise NoLongerInvited from error
    return _still_good(Found(found.invitation, row, found.inviter))


def _still_good(found: Found) -> Found:
    invitation, row = found.invitation, found.row
    same = (invitation.epoch, invitation.tenant_id) == (row.invitations_epoch, row.tenant_id)
    if not same or invitation.has_expired or not found.target.may_invite(row, found.inviter):
        raise NoLongerInvited
    return found

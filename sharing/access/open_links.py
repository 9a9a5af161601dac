"""Whether a link still works for people who have opened it."""

from __future__ import annotations

from sharing.models import PublicLink
from sharing.refusals import LinkClosed, LinkExpired, LinkRevoked, NoSuchLink


def require_open(link: PublicLink | None) -> PublicLink:
    """Return the link, or raise the refusal that says why it doesn't work. Links that are used up work for those who are
    in.
    """
    if link is None or not link.leads_to_list:
        raise NoSuchLink
    if link.is_closed:
        raise LinkClosed
    if link.revoked_at is not None:
        raise LinkRevoked
    if link.has_expired:
        raise LinkExpired
    return link

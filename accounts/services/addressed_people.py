"""Find the person to whom somebody addresses something, by e-mail address."""

from __future__ import annotations

from uuid import UUID

from accounts.models import User
from core.limits.rate_limits import SHARES_WITH_NOBODY, has_room, hit, refused_by


def person_with_address(email: str, *, tenant_id: UUID, by: User) -> User | None:
    """Return the person with that address in the tenant, so that nobody learns who has an account in another one.

    An address that its owner has not verified yet counts as nobody's. The answer shows who has an account, so somebody
    who tries many unknown addresses is refused before the look-up.
    """
    if not has_room(SHARES_WITH_NOBODY, by.pk):
        raise refused_by(SHARES_WITH_NOBODY, by.pk)
    among = {"tenant_id": tenant_id, "is_active": True, "removed_at": None}
    for person in User.objects.with_address(email, **among):
        if person.address_counts:
            return person
    hit(SHARES_WITH_NOBODY, by.pk)
    return None

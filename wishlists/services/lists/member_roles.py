"""Combine the role that a member was given with those that groups give."""

from __future__ import annotations

from wishlists.models import Member
from wishlists.queries.group_places import strongest

ROLES = ("role", "role_without_groups")
"""The columns that `set_roles` sets."""


def set_roles(member: Member, *, own: str | None, by_groups: str | None) -> bool:
    """Set the strongest of both roles, one of which must be there. Return whether a column has a new value."""
    before = member.role, member.role_without_groups
    member.role = strongest([role for role in (own, by_groups) if role])
    member.role_without_groups = None if member.role == own else own or ""
    return before != (member.role, member.role_without_groups)

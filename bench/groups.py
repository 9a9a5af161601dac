"""Measure sharing a list with large groups: 100 groups of 100 people each.

DATABASE_URL=… python -m bench.groups     # everything is rolled back
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import django

GROUPS, PEOPLE, LISTS = 100, 100, 20


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wishlist_project.settings")
    django.setup()
    from django.db import transaction

    with transaction.atomic():
        _measure()
        transaction.set_rollback(True)


def _measure() -> None:
    from django.conf import settings
    from django.db import connection

    from accounts.models import Group, GroupMember, User
    from accounts.services.groups import let_into_group, remove_from_group
    from wishlists.models import Member
    from wishlists.models.viewers import Viewer
    from wishlists.queries.lists import counted_lists
    from wishlists.services.lists.group_sharing import share_with_group
    from wishlists.services.lists.lists import create_wishlist

    settings.RATE_LIMITS = False
    owner = User.objects.create(email="owner@bench.example", display_name="Owner")
    people = User.objects.bulk_create(
        User(email=f"{n}@bench.example", display_name=f"Person {n}", tenant=owner.tenant)
        for n in range(GROUPS * (PEOPLE - 1) + 1)
    )
    late = people.pop()
    groups = Group.objects.bulk_create(
        Group(tenant=owner.tenant, name=f"Group {number}") for number in range(GROUPS)
    )
    for number, group in enumerate(groups):
        theirs = [owner, *people[number * (PEOPLE - 1) : (number + 1) * (PEOPLE - 1)]]
        GroupMember.objects.bulk_create(GroupMember(group=group, user=one, role="admin") for one in theirs)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    first = groups[0]
    for number in range(LISTS):
        made = create_wishlist(owner=owner, title=f"List {number}")
        share_with_group(wishlist=made, by=owner, group_id=first.pk, role="viewer")

    def join() -> None:
        let_into_group(group=first, user=late, role="member", by=owner)

    def leave() -> None:
        remove_from_group(group=first, user_id=late.pk, by=late)

    large, pending = create_wishlist(owner=owner, title="Everybody"), iter(groups)

    def share() -> None:
        share_with_group(wishlist=large, by=owner, group_id=next(pending).pk, role="viewer")

    _time(f"join a group with {LISTS} lists", join)
    _time("leave it", leave)
    _time("share a list with the first group", share)
    _time(f"share it with the other {GROUPS - 1} groups, each", share, GROUPS - 1)
    print(f"people on that list: {Member.objects.live().filter(wishlist=large).count()}")
    _time("one of them reads their lists", lambda: counted_lists(Viewer(user=people[0])), 20)


def _time(what: str, act: Callable[[], Any], times: int = 1) -> None:
    """Print the median and the longest time in milliseconds, and the processor time of this process."""
    took, began = [], time.process_time()
    for _ in range(times):
        start = time.perf_counter()
        act()
        took.append(1000 * (time.perf_counter() - start))
    used = 1000 * (time.process_time() - began) / times
    print(
        f"{what:40} median {statistics.median(took):7.1f} ms, longest {max(took):7.1f}, processor {used:6.1f}"
    )


if __name__ == "__main__":
    main()

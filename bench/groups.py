"""Measure sharing lists with large groups: 100 groups of 100 people, who then read their lists.

python -m bench.groups     # on the database of DATABASE_URL, where everything is rolled back
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
    from django.test.utils import CaptureQueriesContext

    from accounts.models import Group, GroupMember, User
    from accounts.services.groups import create_group, let_into_group, remove_from_group
    from wishlists.models import Member
    from wishlists.models.viewers import Viewer
    from wishlists.queries.lists import counted_lists
    from wishlists.services.lists.group_sharing import share_with_group
    from wishlists.services.lists.lists import create_wishlist

    settings.RATE_LIMITS = False

    def timed(what: str, act: Callable[[], Any], times: int = 1) -> None:
        took = []
        for _ in range(times):
            start = time.perf_counter()
            with CaptureQueriesContext(connection) as captured:
                act()
            took.append(1000 * (time.perf_counter() - start))
        print(f"{what:60} {statistics.median(took):8.1f} ms {len(captured):5} statements")

    owner = User.objects.create(email="owner@bench.example", display_name="Owner")
    people = User.objects.bulk_create(
        User(email=f"{n}@bench.example", display_name=f"Person {n}", tenant=owner.tenant)
        for n in range(GROUPS * PEOPLE)
    )
    groups: list[Group] = []
    for number in range(GROUPS):
        group = (
            create_group(by=owner, name=f"Group {number}")
            if number < 90
            else Group.objects.create(tenant=owner.tenant, name=f"Group {number}")
        )
        if number >= 90:
            GroupMember.objects.create(group=group, user=owner, role="admin")
        theirs = people[number * PEOPLE : (number + 1) * PEOPLE - 1]
        GroupMember.objects.bulk_create(GroupMember(group=group, user=one) for one in theirs)
        groups.append(group)
    first = [create_wishlist(owner=owner, title=f"List {n}") for n in range(LISTS)]
    for wishlist in first:
        share_with_group(wishlist=wishlist, by=owner, group_id=groups[0].pk, role="viewer")
    late = people[PEOPLE - 1]
    timed(
        f"join a group with {LISTS} lists",
        lambda: let_into_group(group=groups[0], user=late, role="member", by=owner),
    )
    timed("leave it", lambda: remove_from_group(group=groups[0], user_id=late.pk, by=late))
    large = create_wishlist(owner=owner, title="Everybody")
    pending = iter(groups)
    share = lambda: share_with_group(wishlist=large, by=owner, group_id=next(pending).pk, role="viewer")  # noqa: E731
    timed("share one list with one group of 100, the first", share)
    timed("the same, the median of the other 99 groups", share, GROUPS - 1)
    print(f"members of that list: {Member.objects.live().filter(wishlist=large).count()}")
    timed("one of them reads their lists", lambda: counted_lists(Viewer(user=people[0])), 20)


if __name__ == "__main__":
    main()

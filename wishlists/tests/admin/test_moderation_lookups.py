"""What a moderator may ask for in an address of the admin: what its lists show, and nothing of giving or other tenants."""

from __future__ import annotations

import pytest
from django.contrib.admin.sites import site
from django.contrib.auth.models import Permission
from django.core.exceptions import SuspiciousOperation
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory

from accounts.models import Tenant, User
from core.admin.walled_admin import WalledAdmin
from wishlists.models import Item, WaitlistEntry, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.messages import add_message
from wishlists.services.lists.people import join_guest
from wishlists.services.money.collecting import open_collection
from wishlists.services.money.contributing import contribute
from wishlists.services.reserving import reserve_item

pytestmark = [pytest.mark.django_db, pytest.mark.both]

OF_GIVING = [
    "wishlists/item/?units_taken__gte=1",
    "wishlists/item/?cap=1",
    "wishlists/item/?reservations__isnull=0",
    "wishlists/item/?contributions__isnull=0",
    "wishlists/item/?messages__isnull=0",
    "wishlists/item/?waitlist_entries__isnull=0",
    "wishlists/item/?collections__isnull=0",
    "wishlists/wishlist/?guests__isnull=0",
    "wishlists/wishlist/?collections__isnull=0",
    "wishlists/wishlist/?thanks__isnull=0",
    "accounts/user/?reservations__isnull=0",
    "accounts/user/?contributions__isnull=0",
    "accounts/user/?messages__isnull=0",
    "accounts/user/?waiting__isnull=0",
    "accounts/user/?collections__isnull=0",
    "accounts/user/?notifications__isnull=0",
]
OF_WHAT_IS_SHOWN = [
    "wishlists/item/?q=kettle",
    "wishlists/item/?removed_at__isempty=1",
    "wishlists/item/?wishlist__tenant__isnull=False",
    "wishlists/wishlist/?policy__exact=surprise",
    "wishlists/wishlist/?created_at__year=2026",
    "wishlists/activity/?kind=item_added",
    "accounts/user/?is_active__exact=1",
]


@pytest.fixture
def moderator_client(alice: User) -> Client:
    """The admin of Alice, who moderates and for whom the list is."""
    alice.is_staff = alice.is_superuser = True
    alice.save()
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def given(item: Item, bob: User) -> Item:
    """Bob took the kettle, collects for it and speaks of it; a guest chipped in, and waits."""
    there = Item.objects.get(pk=item.pk)
    reserve_item(item=there, by=Viewer(user=bob))
    guest = join_guest(wishlist=there.wishlist, name="Ida")
    contribute(item=there, by=Viewer(guest=guest, by_link=True), amount_minor=100, status="paid")
    open_collection(wishlist=there.wishlist, by=bob, item_id=item.pk, currency="EUR")
    add_message(item=there, by=Viewer(user=bob), lane="givers", text="I have it")
    WaitlistEntry.objects.create(item=item, guest=guest)
    return there


@pytest.mark.parametrize("address", OF_GIVING)
def test_giving_is_not_to_be_asked_for(address: str, moderator_client: Client, given: Item) -> None:
    assert moderator_client.get(f"/admin/{address}").status_code == 400


@pytest.mark.parametrize("address", OF_WHAT_IS_SHOWN)
def test_what_is_shown_is(address: str, moderator_client: Client, given: Item) -> None:
    assert moderator_client.get(f"/admin/{address}").status_code == 200


def test_no_address_of_any_list_tells_whether_somebody_gave(
    moderator_client: Client, alice: User, item: Item, request: pytest.FixtureRequest
) -> None:
    walled = [admin for admin in site._registry.values() if isinstance(admin, WalledAdmin)]
    lookups = [
        (admin, {f"{field.name}__isnull": str(empty)})
        for admin in walled
        for field in admin.model._meta.get_fields(include_hidden=True)
        for empty in (0, 1)
    ]

    def found() -> list[object]:
        return [counted(admin, lookup, alice) for admin, lookup in lookups]

    before = found()
    assert {400, 0, 1} <= set(before), "some are refused, some find nothing, and some find a row"
    request.getfixturevalue("given")
    assert found() == before


def counted(admin: WalledAdmin, lookup: dict[str, str], by: User) -> object:
    """How many rows the list finds, or the status of its refusal. The page is not drawn, for that takes most of the time."""
    asked = RequestFactory().get("/admin/", lookup)
    asked.user = by
    try:
        answer = admin.changelist_view(asked)
    except SuspiciousOperation:
        return 400
    if not isinstance(answer, TemplateResponse):
        return answer.status_code
    assert answer.context_data is not None
    return answer.context_data["cl"].result_count


def test_staff_learn_of_no_other_tenant(wishlist: Wishlist) -> None:
    Tenant.objects.create(name="Elsewhere")
    staff = User.objects.create(email="s@example.com", display_name="Staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.all())
    client = Client()
    client.force_login(staff)
    for model in ("wishlists/wishlist", "wishlists/item", "accounts/user"):
        page = client.get(f"/admin/{model}/").content.decode()
        assert "Elsewhere" not in page

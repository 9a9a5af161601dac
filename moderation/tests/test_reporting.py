"""Everybody can report what they see, and nothing else. Nobody but moderators learns of it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Notification, Tenant, User
from core.limits import rate_limits
from moderation.models import Decision, Report
from moderation.tests.conftest import sent
from sharing.access.capabilities import link_token, manage_token
from sharing.services.links import make_link
from tests.support.api_clients import Api, logged_in, refused
from wishlists.models import Activity, Guest, Item, Message, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.messages import add_message
from wishlists.services.lists.people import join_guest, share_wishlist
from wishlists.services.lists.secret_additions import add_secret_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(wishlist: Wishlist, alice: User) -> str:
    return link_token(make_link(wishlist=Wishlist.objects.get(pk=wishlist.pk), by=alice)[0])


@pytest.fixture
def secret(wishlist: Wishlist, bob: User) -> Item:
    return add_secret_item(
        wishlist=Wishlist.objects.get(pk=wishlist.pk), by=Viewer(user=bob), title="Hot-air balloon"
    )


def test_giver_reports_all_that_they_see(
    as_bob: Api, alice: User, wishlist: Wishlist, item: Item, secret: Item, hushed: Message
) -> None:
    for target, pk, quoted, is_about_giving in (
        ("list", wishlist.pk, "Alice's birthday", False),
        ("item", item.pk, item.title, False),
        ("item", secret.pk, "Hot-air balloon", True),
        ("message", hushed.pk, "I take the kettle, fools", True),
        ("person", alice.pk, "Alice", False),
    ):
        report = sent(as_bob, target, pk, details="Look at this")
        assert (report.target, report.is_about_giving) == (target, is_about_giving)
        assert quoted in report.quoted
        assert report.details == "Look at this"


def test_answer_tells_what_was_sent(as_bob: Api, bob: User, wishlist: Wishlist) -> None:
    body = {"target": "list", "target_id": str(wishlist.pk), "reason": "spam"}
    answer = as_bob("POST", "/reports", body)
    told = answer.json()
    assert (answer.status_code, told) == (
        201,
        body | {"id": told["id"], "details": None, "created_at": told["created_at"]},
    )
    again = as_bob("POST", "/reports", body).json()
    assert again == told, "one pending report about the same thing"
    assert Report.objects.get().user == bob


def test_what_the_reporter_may_not_see_does_not_exist(
    as_alice: Api,
    as_charlie: Api,
    as_bob: Api,
    bob: User,
    charlie: User,
    wishlist: Wishlist,
    item: Item,
    secret: Item,
    hushed: Message,
) -> None:
    """For a recipient, a secret wish is like one that was never added."""
    of_givers = [("item", secret.pk), ("message", hushed.pk)]
    strange = [("list", wishlist.pk), ("item", item.pk), ("person", bob.pk), *of_givers]
    nothing = [(target, uuid4()) for target in ("list", "item", "message", "person")]
    for api, hidden in (
        (as_alice, of_givers),
        (as_charlie, strange),
        (as_bob, [("person", charlie.pk), *nothing]),
    ):
        for target, pk in hidden:
            body = {"target": target, "target_id": str(pk), "reason": "spam"}
            assert refused(api("POST", "/reports", body)) == (404, "no_such_target"), target
    assert not Report.objects.exists()


def test_people_of_other_tenants_report_nothing(wishlist: Wishlist, item: Item, password_hash: str) -> None:
    mallory = User.objects.create(
        email="m@example.com", password=password_hash, tenant=Tenant.objects.create(name="Elsewhere")
    )
    Wishlist.objects.filter(pk=wishlist.pk).update(is_public=True)
    api = Api(logged_in(mallory)["access_token"])
    for target, pk in (("list", wishlist.pk), ("item", item.pk), ("person", wishlist.owner_id)):
        body = {"target": target, "target_id": str(pk), "reason": "spam"}
        assert refused(api("POST", "/reports", body))[0] == 404


def test_people_with_the_link_report_without_an_account(
    api: Api,
    token: str,
    alice: User,
    bob: User,
    wishlist: Wishlist,
    item: Item,
    secret: Item,
    hushed: Message,
) -> None:
    """They know the owner, and no other person."""
    guest = join_guest(wishlist=wishlist, name="Grandma")
    query = f"?token={token}"
    question = add_message(item=item, by=Viewer(user=bob), lane="questions", text="Which colour?")
    for target, pk in (
        ("list", wishlist.pk),
        ("item", item.pk),
        ("person", alice.pk),
        ("message", question.pk),
    ):
        report = sent(api, target, pk, query)
        assert (report.user, report.guest, report.wishlist) == (None, None, wishlist)
    for target, pk in (("item", secret.pk), ("message", hushed.pk), ("person", bob.pk), ("list", uuid4())):
        body = {"target": target, "target_id": str(pk), "reason": "spam"}
        assert refused(api("POST", f"/reports{query}", body)) == (404, "no_such_target")
    assert Guest.objects.count() == 1, "a report makes nobody a guest"
    body = {"target": "list", "target_id": str(wishlist.pk), "reason": "spam"}
    known = api("POST", f"/reports{query}", body, headers={"x-manage-token": manage_token(guest)})
    assert Report.objects.get(pk=known.json()["id"]).guest == guest


def test_nobody_reports_without_an_account_or_a_link(api: Api, wishlist: Wishlist) -> None:
    body = {"target": "list", "target_id": str(wishlist.pk), "reason": "spam"}
    assert api("POST", "/reports", body).status_code == 401
    assert refused(api("POST", "/reports?token=nonsense", body)) == (404, "no_such_link")


def test_report_tells_nobody_on_the_list(
    as_bob: Api, as_alice: Api, alice: User, wishlist: Wishlist, item: Item, hushed: Message
) -> None:
    places = ("/notifications", f"/wishlists/{wishlist.pk}", f"/wishlists/{wishlist.pk}/activity")

    def seen() -> object:
        read = [as_alice("GET", place).content for place in places]
        rows = (Notification, Activity)
        return read, [list(model.objects.order_by("pk").values()) for model in rows]

    before = seen()
    for target, pk in (
        ("list", wishlist.pk),
        ("item", item.pk),
        ("message", hushed.pk),
        ("person", alice.pk),
    ):
        sent(as_bob, target, pk)
    assert seen() == before


def test_reports_are_limited(
    as_bob: Api, api: Api, token: str, wishlist: Wishlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those about nothing, so nobody can try ids."""
    body = {"target": "list", "target_id": str(uuid4()), "reason": "spam"}
    for who, query, limit in (
        (as_bob, "", rate_limits.REPORTS_A_PERSON),
        (api, f"?token={token}", rate_limits.REPORTS_A_VISITOR),
    ):
        got = [who("POST", f"/reports{query}", body) for _ in range(limit.amount + 1)]
        assert [answer.status_code for answer in got] == [404] * limit.amount + [429]
        assert int(got[-1]["Retry-After"]) > 0


def test_reports_and_decisions_cannot_be_changed(as_bob: Api, moderator: User, wishlist: Wishlist) -> None:
    report = sent(as_bob, "list", wishlist.pk)
    decision = Decision.objects.create(report=report, by=moderator, resolution="dismissed", note="No")
    for change in (
        lambda: Report.objects.update(details="x"),
        lambda: report.delete(),
        lambda: Decision.objects.update(note="x"),
        lambda: decision.delete(),
        lambda: Decision.objects.create(report=report, by=moderator, resolution="resolved", note="x"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert (Report.objects.get().details, Decision.objects.get().note) == ("", "No")


# --- pages ----------------------------------------------------------------------------------------------------------


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_pages_lead_to_the_report_of_what_they_show(
    bob: User, alice: User, wishlist: Wishlist, item: Item, hushed: Message, token: str, charlie: User
) -> None:
    share_wishlist(wishlist=wishlist, by=alice, email=charlie.email, role="viewer")
    question = add_message(item=item, by=Viewer(user=charlie), lane="questions", text="Which colour?")
    own, shared = f"/lists/{wishlist.pk}", f"/s/{token}"
    talk = f"/items/{item.pk}/talk"
    bobs, guests = browser_of(bob), Client()
    for client, page, there in (
        (bobs, own, f"{own}/report"),
        (bobs, own + talk, f"{own}/items/{item.pk}/report"),
        (bobs, own + talk, f"{own}{talk}/{question.pk}/report"),
        (bobs, f"{own}/members", f"{own}/members/{alice.pk}/report"),
        (guests, shared, f"{shared}/report"),
        (guests, f"{shared}/report", f"{shared}/owner/report"),
        (guests, shared + talk, f"{shared}/items/{item.pk}/report"),
        (guests, shared + talk, f"{shared}{talk}/{question.pk}/report"),
    ):
        assert f'href="{there}"' in client.get(page).text, there
        assert client.get(there).status_code == 200
        answer = client.post(there, {"reason": "abuse", "details": "Look"})
        assert (answer.status_code, answer["Location"]) == (303, own if client is bobs else shared)
    assert sorted(Report.objects.values_list("target", flat=True)) == sorted(
        ["list", "item", "message", "person"] * 2
    )
    assert f"{own}{talk}/{hushed.pk}/report" not in bobs.get(own + talk).text, "one's own message"
    assert f"{own}/report" not in browser_of(alice).get(own).text, "one's own list"


def test_page_says_what_is_missing_and_hides_what_is_hidden(
    alice: User, charlie: User, wishlist: Wishlist, item: Item, secret: Item, hushed: Message
) -> None:
    own = f"/lists/{wishlist.pk}"
    empty = browser_of(alice).post(f"{own}/report", {})
    assert (empty.status_code, "errorlist" in empty.text) == (422, True)
    for client, path in (
        (browser_of(alice), f"{own}/items/{secret.pk}/report"),
        (browser_of(alice), f"{own}/items/{item.pk}/talk/{hushed.pk}/report"),
        (browser_of(charlie), f"{own}/report"),
    ):
        assert {client.get(path).status_code, client.post(path, {"reason": "spam"}).status_code} == {404}
    assert not Report.objects.exists()

"""ETags and `If-Match`: unchanged answers are not sent again, nobody overwrites changes they have not seen, and no tag
leaks giving."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.test import Client

from accounts.access.tokens import mint_access_token
from accounts.models import Session, User
from tests.support.api_clients import Api
from tests.support.running.live import StartSite
from tests.support.socket_client import NO_TLS
from wishlists.models import Activity, Item
from wishlists.models.viewers import Viewer
from wishlists.services.lists.people import join_guest
from wishlists.services.reserving import reserve_item

pytestmark = pytest.mark.django_db

TAKEN = {"reservation_status": "reserved"}


def known(tag: str) -> dict[str, Any]:
    return {"headers": {"if-none-match": tag}}


def expecting(tag: str) -> dict[str, Any]:
    return {"headers": {"if-match": tag}}


def paths(item: Item) -> list[str]:
    of_list = f"/wishlists/{item.wishlist_id}"
    return [
        of_list,
        f"{of_list}/items",
        f"{of_list}/items/{item.pk}",
        f"/items/{item.pk}",
        f"{of_list}/items?page=1",
    ]


def guest_takes(item: Item) -> None:
    guest = Viewer(guest=join_guest(wishlist=item.wishlist, name="Grandma"), by_link=True)
    reserve_item(item=Item.objects.get(pk=item.pk), by=guest, message="!")


# --- unchanged answers are not sent again -------------------------------------------------------------------------


def test_unchanged_answer_gets_304(as_alice: Api, as_bob: Api, item: Item) -> None:
    for api in (as_alice, as_bob):
        for path in paths(item):
            first = api("GET", path)
            again = api("GET", path, **known(f'"other", W/{first["ETag"]}'))
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
            assert "no-cache" in again["Cache-Control"]
            assert api("GET", path, **known('"other"')).content == first.content


def test_changed_answer_is_sent(as_alice: Api, as_bob: Api, item: Item) -> None:
    tags = [as_bob("GET", path)["ETag"] for path in paths(item)]
    as_alice("PATCH", f"/items/{item.pk}", {"title": "Tea"})
    as_alice("PATCH", f"/wishlists/{item.wishlist_id}", {"title": "Mine"})
    for path, tag in zip(paths(item), tags, strict=True):
        assert as_bob("GET", path, **known(tag)).status_code == 200


def test_edit_returns_the_tag_of_a_read(as_alice: Api, item: Item) -> None:
    path = f"/items/{item.pk}"
    assert as_alice("PATCH", path, {"title": "Tea"})["ETag"] == as_alice("GET", path)["ETag"]
    of_list = f"/wishlists/{item.wishlist_id}"
    assert as_alice("PUT", of_list, {"title": "Mine"})["ETag"] == as_alice("GET", of_list)["ETag"]
    made = as_alice("POST", f"{of_list}/items", {"title": "Cups"})
    assert made["ETag"] == as_alice("GET", f"/items/{made.json()['id']}")["ETag"]


def test_pages_have_no_tag(bob: User, item: Item) -> None:
    browser = Client(headers={"accept": "text/html"})
    browser.force_login(bob)
    for path in paths(item):
        assert "ETag" not in browser.get(f"/api/v1{path}", headers={"if-none-match": "*"})


# --- no tag leaks giving ------------------------------------------------------------------------------------------


def test_giving_does_not_change_tags_of_recipients(as_alice: Api, as_bob: Api, item: Item) -> None:
    mine, bobs = ([api("GET", path)["ETag"] for path in paths(item)] for api in (as_alice, as_bob))
    guest_takes(item)
    as_bob("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions", {"amount": 5})
    assert [as_alice("GET", path)["ETag"] for path in paths(item)] == mine
    assert [
        as_alice("GET", path, **known(tag)).status_code for path, tag in zip(paths(item), mine, strict=True)
    ] == ([304] * len(mine))
    moved = [as_bob("GET", path)["ETag"] != tag for path, tag in zip(paths(item), bobs, strict=True)]
    assert moved == [False, True, True, True, True], "control: a giver's tags move, but for the list's"


def test_recipients_edit_never_fails_because_of_giving(as_alice: Api, item: Item) -> None:
    tag = as_alice("GET", f"/items/{item.pk}")["ETag"]
    guest_takes(item)
    edited = as_alice("PATCH", f"/items/{item.pk}", {"title": "Tea"}, **expecting(tag))
    assert edited.status_code == 200
    assert as_alice("DELETE", f"/items/{item.pk}", **expecting(edited["ETag"])).status_code == 204


# --- nobody overwrites changes they have not seen ------------------------------------------------------------------

EDITS: list[tuple[str, str, Any]] = [
    ("PATCH", "/items/{item}", {"title": "Mine"}),
    ("PUT", "/wishlists/{list}/items/{item}", {"title": "Mine"}),
    ("DELETE", "/items/{item}", None),
    ("PATCH", "/wishlists/{list}", {"title": "Mine"}),
    ("PUT", "/wishlists/{list}", {"title": "Mine"}),
    ("DELETE", "/wishlists/{list}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), EDITS, ids=lambda value: str(value)[:30])
def test_stale_tag_is_refused(method: str, path: str, body: Any, as_alice: Api, item: Item) -> None:
    address = path.format(list=item.wishlist_id, item=item.pk)
    read = as_alice("GET", address)["ETag"]
    as_alice("PATCH", address, {"title": "From my phone"})
    rows = Activity.objects.count()
    for stale in (read, '"nonsense"', "nonsense", "", f"W/{as_alice('GET', address)['ETag']}"):
        answer = as_alice(method, address, body, **expecting(stale))
        assert (answer.status_code, answer.json()["code"]) == (412, "changed_meanwhile")
        assert answer["ETag"] == as_alice("GET", address)["ETag"]
    assert as_alice("GET", address).json()["title"] == "From my phone"
    assert Activity.objects.count() == rows
    fresh = f'"other", {as_alice("GET", address)["ETag"]}'
    assert as_alice(method, address, body, **expecting(fresh)).status_code < 300


def test_star_matches_any_tag(as_alice: Api, item: Item) -> None:
    assert as_alice("PATCH", f"/items/{item.pk}", {"title": "x"}, **expecting("*")).status_code == 200
    assert as_alice("DELETE", f"/items/{item.pk}", **expecting("*")).status_code == 204
    assert as_alice("DELETE", f"/items/{item.pk}", **expecting("*")).status_code == 404


def test_giver_reserves_only_what_they_saw(as_bob: Api, item: Item, charlie: User) -> None:
    tag = as_bob("GET", f"/items/{item.pk}")["ETag"]
    guest_takes(item)
    answer = as_bob("PATCH", f"/items/{item.pk}", TAKEN, **expecting(tag))
    assert answer.json()["code"] == "changed_meanwhile"


def race(start_site: StartSite, path: str, tag: str, token: str, **variables: str) -> Counter[int]:
    url = f"{start_site(**variables).url}/api/v1{path}"

    def edit(number: int) -> int:
        headers = {"Authorization": f"Bearer {token}", "If-Match": tag}
        body = {"title": f"From device {number}"}
        return httpx.patch(
            url, json=body, headers=headers, timeout=60, verify=NO_TLS, trust_env=False
        ).status_code

    with ThreadPoolExecutor(20) as threads:
        return Counter(threads.map(edit, range(20)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/items/{item}", "/wishlists/{list}"])
def test_one_of_twenty_edits_with_the_same_tag_wins(
    path: str, start_site: StartSite, as_alice: Api, alice: User, item: Item
) -> None:
    address = path.format(list=item.wishlist_id, item=item.pk)
    token = mint_access_token(Session.objects.create(user=alice))
    won = race(start_site, address, as_alice("GET", address)["ETag"], token)
    assert won == {200: 1, 412: 19}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_several_edits_win_without_the_lock(
    start_site: StartSite, as_alice: Api, alice: User, item: Item
) -> None:
    """The race gets ten tries. It needs PostgreSQL, because SQLite's one write lock cannot be switched off."""
    token = mint_access_token(Session.objects.create(user=alice))
    path = f"/items/{item.pk}"
    for _try in range(10):
        tag = as_alice("GET", path)["ETag"]
        if race(start_site, path, tag, token, TEST_WITHOUT_LOCKS="true", TEST_SERVER="true")[200] > 1:
            return
    pytest.fail("the race would not notice")

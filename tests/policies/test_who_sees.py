"""Before somebody gives, the page says whom the list is for and who can see what they do, and that is true (G24).

The claim of the API and the sentence on the page are compared with what each person is shown, by the API and on their
page, under every setting. The controls make false claims.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Notification, User
from sharing.models import GuestLetter
from tests.policies.stage import BY_LINK, CHANNELS, PEOPLE, SETTINGS, Seen, Stage
from tests.support.api_clients import Api, logged_in
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Sight, Viewer
from wishlists.projections import who_sees
from wishlists.services.lists.people import join_guest
from wishlists.services.reserving import reserve_item

pytestmark = [pytest.mark.django_db, pytest.mark.once]

Stages = dict[str, Stage]

SHOWN = {
    Seen(status=False, name=False, totals=False, secret=False): "nothing",
    Seen(status=True, name=False, totals=False, secret=False): "status",
    Seen(status=True, name=False, totals=True, secret=False): "totals",
    Seen(status=True, name=False, totals=True, secret=True): "gifts",
    Seen(status=True, name=True, totals=True, secret=True): "names",
}
RECIPIENTS = ("owner", "co-recipient", "editor recipient")
ON_THE_LIST = (*RECIPIENTS, "editor giver", "viewer giver")
OUTSIDE = ("unidentified browser", "guest", "stranger", "stranger by link")


def claim_of(stage: Stage) -> dict[str, Any]:
    claim: dict[str, Any] = stage.api("viewer giver")(
        "GET", f"/wishlists/{stage.wishlist.pk}/who-sees"
    ).json()
    return claim


def part_of(viewer: str, claim: dict[str, Any]) -> str:
    """Return the part of the claim that is about this viewer."""
    if viewer in OUTSIDE:
        return "link_sees"
    if viewer in RECIPIENTS and PEOPLE_NAMES[viewer] in claim["recipients"]:
        return "recipients_see"
    return "givers_see"


PEOPLE_NAMES = {name: name.title() for name in PEOPLE}


def lies(stage: Stage, *channels: str) -> list[tuple[str, str, str, str]]:
    """Return where the claim differs from what that person is shown."""
    claim, found = claim_of(stage), []
    for viewer in (*ON_THE_LIST, *OUTSIDE):
        for channel in channels or CHANNELS:
            part, shown = part_of(viewer, claim), SHOWN[CHANNELS[channel](stage, viewer)]
            if claim[part] != shown:
                found.append((viewer, channel, claim[part], shown))
    return found


@pytest.mark.parametrize("setting", SETTINGS)
def test_claim_matches_what_each_viewer_is_shown(stages: Stages, setting: str) -> None:
    stage = stages[setting]
    assert lies(stage) == []
    claim = claim_of(stage)
    assert (claim["keeper"] is not None) == (setting == "preset for_my_child")
    assert claim["keeper"] in (None, "Owner")
    assert claim == stage.api("unidentified browser")("GET", f"/public/who-sees?token={stage.token}").json()
    shown = stage.api("viewer giver")("GET", f"/wishlists/{stage.wishlist.pk}").json()
    assert shown["recipients_see"] == claim["recipients_see"]


@pytest.mark.parametrize("setting", ["open", "surprise, revealed", "status"])
def test_control_fixed_claim_is_false(stages: Stages, setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old version of the page always claimed "those it is for see nothing of it", whatever the list's settings."""
    monkeypatch.setattr(who_sees, "recipients_see", lambda _wishlist: who_sees.Sees.NOTHING)
    assert lies(stages[setting], "REST")


# --- the sentences ----------------------------------------------------------------------------------------------------

RECIPIENTS_READ = {
    r"can't see what you do here": "nothing",
    r"can see that something is taken, but not by whom, (until|for)": "status",
    r"everyone on it, .* too, sees what is given, but not by whom": "gifts",
    r"everyone on it, .* too, sees who gives what": "names",
    r"have been revealed: .* can see who gives what": "names",
}
GIVERS_READ = {
    r"Other people on the list see what you reserve, and your name": "names",
    r"Other people on the list see what is reserved, but not by whom": "gifts",
    r"everyone on it, .* sees who gives what": "names",
    r"everyone on it, .* sees what is given, but not by whom": "gifts",
}
OUTSIDE_READ = {r"Anyone who has the link can see what is taken, but not by whom": "totals"}


def read(text: str, words: dict[str, str]) -> set[str]:
    return {means for pattern, means in words.items() if re.search(pattern, text)}


def claims_of(stage: Stage, viewer: str) -> str:
    browser, name = Client(), BY_LINK.get(viewer, viewer)
    if name:
        browser.force_login(stage.people[name])
    page = browser.get(f"/s/{stage.token}" if viewer in BY_LINK else f"/lists/{stage.wishlist.pk}").text
    [sentence] = re.findall(r'<p class="note who-sees">(.*?)</p>', page, re.DOTALL)
    return unescape(sentence).strip()


@pytest.mark.parametrize("viewer", ["viewer giver", "unidentified browser"])
@pytest.mark.parametrize("setting", SETTINGS)
def test_sentence_before_giving_matches_what_each_viewer_is_shown(
    stages: Stages, setting: str, viewer: str
) -> None:
    stage = stages[setting]
    text = claims_of(stage, viewer)
    shown = {one: SHOWN[stage.rest(one)] for one in ("co-recipient", "editor giver", "unidentified browser")}
    assert read(text, RECIPIENTS_READ) == {shown["co-recipient"]}
    assert read(text, GIVERS_READ) == {shown["editor giver"]}
    assert read(text, OUTSIDE_READ) == {shown["unidentified browser"]}
    if setting == "preset for_my_child":
        assert text.startswith(
            "Owner keeps this list for Co-Recipient and Editor Recipient and can see what you reserve."
        )
    else:
        assert text.startswith("This list is for Owner, Co-Recipient and Editor Recipient.")


def test_control_sentence_of_another_list_is_false(stages: Stages) -> None:
    assert read(claims_of(stages["open"], "viewer giver"), RECIPIENTS_READ) != {
        SHOWN[stages["surprise"].rest("co-recipient")]
    }


def keep(as_alice: Api, **fields: Any) -> str:
    return str(as_alice("POST", "/wishlists", {"title": "Birthday"} | fields).json()["id"])


def page_of(person: User, pk: str) -> str:
    browser = Client()
    browser.force_login(person)
    [sentence] = re.findall(
        r'<p class="note who-sees">(.*?)</p>', browser.get(f"/lists/{pk}").text, re.DOTALL
    )
    return unescape(sentence).strip()


CANNOT = "Alice can't see what you do here until"
SEES = "and can see what you reserve"
KEPT: list[tuple[dict[str, Any], str]] = [
    ({"recipient_name": "Mia"}, f"Alice keeps this list for Mia {SEES}."),
    ({}, f"Alice keeps this list {SEES}. It doesn't say who it is for."),
    (
        {"names_shown": False, "recipient_name": "Mia"},
        f"Alice keeps this list for Mia {SEES}, but not that it was you.",
    ),
    ({"for_someone_else": False}, f"This list is for Alice. {CANNOT} a recipient reveals the gifts."),
    (
        {"for_someone_else": False, "reveal_on": "2031-12-24"},
        f"{CANNOT} Dec. 24, 2031 (UTC), or earlier if a recipient reveals the gifts.",
    ),
    (
        {"for_someone_else": False, "policy": "open"},
        "This is an open list: everyone on it, Alice too, sees who gives what.",
    ),
    (
        {"for_someone_else": False, "policy": "status", "recipient_name": "Tom"},
        "This list is for Alice and Tom. Alice can see that something is taken, but not by whom, until",
    ),
]


@pytest.mark.parametrize(("fields", "sentence"), KEPT)
def test_page_says_whom_the_list_is_for_and_who_manages_it(
    fields: dict[str, Any], sentence: str, as_alice: Api, bob: User, alice: User
) -> None:
    pk = keep(as_alice, **({"for_someone_else": True} | fields))
    as_alice("POST", f"/wishlists/{pk}/shares", {"email": bob.email, "role": "viewer"})
    assert sentence in page_of(bob, pk)
    if fields.get("for_someone_else", True):
        assert page_of(alice, pk).startswith("You keep this list for ")


def test_list_revealed_before_it_is_shared_says_so(as_alice: Api, bob: User) -> None:
    """Its policy is still *surprise*."""
    pk = keep(as_alice)
    as_alice("POST", f"/wishlists/{pk}/reveal", {"confirm": True})
    as_alice("POST", f"/wishlists/{pk}/shares", {"email": bob.email, "role": "viewer"})
    shown = Api(logged_in(bob)["access_token"])("GET", f"/wishlists/{pk}").json()
    assert (shown["policy"], shown["recipients_see"]) == ("surprise", "names")
    assert "The gifts have been revealed: Alice can see who gives what." in page_of(bob, pk)


def test_recipients_see_names_after_the_reveal_that_givers_do_not(stages: Stages) -> None:
    stage = stages["surprise, names hidden"]
    Wishlist.objects.filter(pk=stage.wishlist.pk).update(revealed_at=timezone.now())
    claim = claim_of(stage)
    gifts = {
        viewer: stage.api(viewer)("GET", f"/wishlists/{stage.wishlist.pk}/gifts").json()
        for viewer in ("co-recipient", "viewer giver")
    }
    named = {viewer: any(giver["display_name"] == "Bob" for giver in rows) for viewer, rows in gifts.items()}
    assert (claim["recipients_see"], claim["givers_see"]) == ("names", "gifts")
    assert named == {"co-recipient": True, "viewer giver": False}


# --- givers are told of changes
# ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"policy": "surprise"}, "Alice can't see what you do here"),
        ({"names_shown": False}, "but not by whom"),
        ({"recipient_name": "Tom"}, "This list is for Alice and Tom."),
        ({"title": "Party"}, None),
    ],
)
def test_givers_are_told_of_a_change_of_settings(
    fields: dict[str, Any], words: str | None, as_alice: Api, as_bob: Api, alice: User, bob: User
) -> None:
    pk = keep(as_alice, policy="open")
    as_alice("POST", f"/wishlists/{pk}/shares", {"email": bob.email, "role": "viewer"})
    as_alice("POST", f"/wishlists/{pk}/public-link", {})
    kettle = as_alice("POST", f"/wishlists/{pk}/items", {"title": "Kettle", "quantity": 2}).json()["id"]
    as_bob("PATCH", f"/items/{kettle}", {"reservation_status": "reserved"})
    guest = join_guest(wishlist=Wishlist.objects.get(pk=pk), name="Grandma", email="grandma@example.com")
    there = Item.objects.get(pk=kettle)
    reserve_item(item=there, by=Viewer(guest=guest, by_link=True))
    as_alice("PATCH", f"/wishlists/{pk}", fields)
    notes = Notification.objects.filter(kind="who_sees_changed")
    letters = GuestLetter.objects.filter(kind="who_sees_changed")
    assert [note.user for note in notes] == ([bob] if words else [])
    assert letters.count() == (1 if words else 0)
    assert words is None or words in notes.get().body


def test_claim_names_every_sight() -> None:
    assert set(who_sees._WITHOUT_NAMES) == set(Sight)

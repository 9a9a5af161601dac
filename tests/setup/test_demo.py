"""The demo has an example of every feature, created by services, and each start updates it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from sharing.models import PublicLink, Suggestion
from sharing.services.links import revoke_link
from tests.support.stages import rolled_back
from wishlist_project.demo import upkeep
from wishlist_project.demo.build import build_demo, picture_url
from wishlist_project.demo.occasions import OCCASIONS
from wishlist_project.demo.story import MODERATOR, PASSWORD, PEOPLE, WORTH_A_LOOK
from wishlist_project.demo.tour import tour
from wishlists.models import (
    Collection,
    Contribution,
    GroupShare,
    Item,
    Member,
    Message,
    Reservation,
    Thanks,
    WaitlistEntry,
    Wishlist,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Create the demo once for the module. Each test's changes are rolled back after it, and the demo after the last."""
    with rolled_back(django_db_blocker):
        build_demo()
        yield


@pytest.mark.usefixtures("demo")
@pytest.mark.smoke
def test_demo_has_every_feature() -> None:
    lists = Wishlist.objects.all()
    assert {one.policy for one in lists} == set(Wishlist.Policy.values)
    assert lists.filter(is_public=True).exists()
    assert PublicLink.objects.live().count() == len(OCCASIONS)
    assert {one.kind for one in lists} == set(Wishlist.Kind.values)
    assert GroupShare.objects.get().wishlist.members.live().count() == 5
    kept = Member.objects.filter(role="owner", is_recipient=False, wishlist__kind="wishes")
    assert [member.wishlist.title for member in kept] == ["Mia turns six"]
    assert len(set(Item.objects.values_list("currency", flat=True))) >= 4
    assert Item.objects.filter(quantity=None).exists()
    assert Item.objects.filter(quantity__gt=1, units_taken__gt=0).exists()
    assert Item.objects.filter(mark="received").exists()
    assert {reservation.status for reservation in Reservation.objects.all()} == {"reserved", "purchased"}
    assert Reservation.objects.filter(user=None).exists()
    assert Reservation.objects.filter(guest=None).exists()
    assert set(Contribution.objects.values_list("status", flat=True)) == {"pledged", "paid"}
    assert set(Suggestion.objects.values_list("suggested_by__display_name", flat=True)) == {"Bob", None}


@pytest.mark.once
@pytest.mark.usefixtures("demo")
def test_birthday_list_has_every_action_of_givers() -> None:
    birthday = Wishlist.objects.get(title=OCCASIONS[0].title)
    assert birthday.policy == "surprise"
    assert set(Message.objects.filter(item__wishlist=birthday).values_list("lane", flat=True)) == {
        "givers",
        "questions",
    }
    assert Message.objects.exclude(answer_to=None).filter(item__wishlist=birthday).exists()
    assert birthday.items.filter(is_secret=True, draft_of=None).exists()
    assert birthday.items.filter(draft_of=birthday.owner).exists()
    assert birthday.items.exclude(choice=None).values("choice").distinct().count() == 1
    assert birthday.pot_contributions.exists()
    assert {one.item is None for one in Collection.objects.filter(wishlist=birthday)} == {True, False}
    assert WaitlistEntry.objects.filter(item__wishlist=birthday, ended_at=None).exists()
    assert len(set(Reservation.objects.values_list("stage", flat=True))) == len(Reservation.Stage)


@pytest.mark.once
@pytest.mark.usefixtures("demo")
def test_demo_has_a_list_for_two_and_a_revealed_one() -> None:
    for_two = Wishlist.objects.get(title__startswith="Rose & Walter")
    names = for_two.members.recipients().values_list("user__display_name", flat=True)
    assert set(names) == {"Grandma Rose", "Grandpa Walter"}
    revealed = Wishlist.objects.exclude(revealed_at=None).get()
    states = {
        (bool(note.note), note.ticked_at is not None, note.sent_at is not None)
        for note in Thanks.objects.all()
    }
    assert states == {(True, True, True), (True, False, False), (False, True, False)}
    assert set(Thanks.objects.values_list("wishlist", flat=True)) == {revealed.pk}


@pytest.mark.once
@pytest.mark.usefixtures("demo")
def test_demo_users_can_log_in() -> None:
    people = User.objects.filter(email__in=[*PEOPLE.values(), MODERATOR[1]], is_active=True)
    assert len(people) == len(PEOPLE) + 1
    hashed = {person.password for person in people}
    assert len(hashed) == 1
    assert check_password(PASSWORD, hashed.pop())


@pytest.mark.once
@pytest.mark.usefixtures("demo")
def test_pictures_exist_are_small_and_used() -> None:
    folder = Path(settings.BASE_DIR, "static", "demo")
    used = {url.rpartition("/")[2] for url in Item.objects.values_list("image_url", flat=True)}
    assert used == {path.name for path in folder.iterdir()}
    for path in folder.iterdir():
        text = path.read_text()
        assert path.stat().st_size < 4096
        assert "<script" not in text
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.once
@pytest.mark.usefixtures("demo")
def test_first_list_has_free_gifts() -> None:
    birthday = Item.objects.filter(wishlist__title=OCCASIONS[0].title)
    assert birthday.filter(units_taken=0, mark="").count() >= 2


@pytest.mark.once
@pytest.mark.usefixtures("demo")
def test_pictures_follow_the_site_address(settings: pytest.FixtureRequest) -> None:
    settings.SITE_URL = "http://192.0.2.9:8001"  # type: ignore[attr-defined]
    own = Item.objects.exclude(image_url=picture_url("kite")).first()
    assert own is not None
    own.image_url = "https://shop.example.com/static/demo/mine.jpg"
    own.save()
    upkeep.repoint_pictures()
    others = Item.objects.exclude(pk=own.pk).values_list("image_url", flat=True)
    assert all(url.startswith("http://192.0.2.9:8001/static/demo/") for url in others)
    own.refresh_from_db()
    assert own.image_url == "https://shop.example.com/static/demo/mine.jpg"


@pytest.mark.once
@pytest.mark.usefixtures("demo")
def test_moderator_is_active_only_with_debug(settings: pytest.FixtureRequest) -> None:
    def may_log_in() -> bool:
        return User.objects.get(email=MODERATOR[1]).is_active

    for debug in (True, False, True):
        settings.DEBUG = debug  # type: ignore[attr-defined]
        upkeep.guard_moderator()
        assert may_log_in() is debug


@pytest.mark.once
@pytest.mark.usefixtures("demo")
def test_tour_has_working_links() -> None:
    output = tour()
    assert re.search(r"as a guest.*/s/\S{20,}", output)
    assert PASSWORD in output
    assert all(name in output for name, _ in WORTH_A_LOOK)
    alice = User.objects.get(email=PEOPLE["Alice"])
    revoke_link(wishlist=Wishlist.objects.get(title=OCCASIONS[0].title), by=alice)
    assert tour() == "The demo's birthday list was deleted. Run make reset to rebuild the demo."

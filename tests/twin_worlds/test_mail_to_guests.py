"""A guest may give a recipient's address, by a typo or because it is a shared mailbox. Secret mail to the guest must
not be sent there."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from core.jobs.retry import GiveUp
from sharing import tasks
from sharing.access.capabilities import link_token
from sharing.services import guest_mail
from tests.twin_worlds.by_hand import play_by_hand
from tests.twin_worlds.twins import Leak, play_all
from tests.twin_worlds.world import Call, World

pytestmark = pytest.mark.django_db

FIRST = 20_000
SCRIPTS = 4


@pytest.fixture(autouse=True)
def _mail_is_sent_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send guests' mail at once too. Recipients can read whatever comes to their address."""
    begin, again, queued = World.__post_init__, World.again, World._mail
    sent: set[str] = set()

    def with_alices_address(self: World) -> None:
        begin(self)
        self.guest.email = self.people["alice"].email
        self.guest.save(update_fields=["email"])

    def with_nothing_sent(self: World) -> World:
        mail.outbox.clear()
        sent.clear()
        return again(self)

    def sent_and_queued(self: World) -> list[str]:
        jobs = DBTaskResult.objects.filter(task_path__endswith="mail_guest").order_by("enqueued_at", "id")
        for job in jobs:
            if str(job.pk) not in sent:
                sent.add(str(job.pk))
                with suppress(GiveUp):
                    tasks.mail_guest.func(**job.args_kwargs["kwargs"])
        addresses = {self.people[name].email for name in self.RECIPIENTS}
        came = [letter for letter in mail.outbox if addresses.intersection(letter.to)]
        return queued(self) + [f"{letter.to} {letter.subject} {letter.body}" for letter in came]

    monkeypatch.setattr(World, "__post_init__", with_alices_address)
    monkeypatch.setattr(World, "again", with_nothing_sent)
    monkeypatch.setattr(World, "_mail", sent_and_queued)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SCRIPTS))
def test_recipients_of_both_worlds_get_the_same_mail(seed: int, password_hash: str) -> None:
    play_all([seed], password_hash)


def reserve_kettle(world: World) -> list[Call]:
    path = f"/api/v1/public/wishlists/items/{world.item_id('Kettle')}?token={link_token(world.link)}"
    return [Call("guest", True, "PATCH", path, {"reservation_status": "reserved"})]


def remove_kettle(world: World) -> list[Call]:
    """A guest who reserved it gets a notice."""
    path = f"/api/v1/wishlists/{world.wishlist.pk}/items/{world.item_id('Kettle')}"
    return [Call("alice", True, "DELETE", path)]


@pytest.mark.once
def test_control_secret_mail_arrives_without_the_check_of_addresses(
    password_hash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_by_hand(reserve_kettle, remove_kettle, password_hash)
    for module in (guest_mail, tasks):
        monkeypatch.setattr(module, "belongs_to_blind", lambda guest: False)
    with pytest.raises(Leak, match="A gift that you reserved or chipped in for was removed"):
        play_by_hand(reserve_kettle, remove_kettle, password_hash)

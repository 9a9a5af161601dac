"""A recipient's export is the same bytes in both worlds (G3), after random scripts."""

from __future__ import annotations

import io
import zipfile

import pytest

from jobs.models import JobFile
from jobs.queues import PEOPLES_JOBS
from jobs.services.exporting import start_export
from jobs.worker import Worker
from tests.twin_worlds.by_hand import play_by_hand, reserve_cups
from tests.twin_worlds.twins import Leak, play_all
from tests.twin_worlds.world import Call, NewRecipientWorld, World
from wishlists.models.viewers import Sight
from wishlists.projections.items import project_list
from wishlists.queries import exported

pytestmark = pytest.mark.django_db

FIRST = 30_000
SCRIPTS = 4


@pytest.fixture(autouse=True)
def _recipients_export_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshots = World.snapshots

    def with_exports(self: World) -> list[str]:
        return [*snapshots(self), *(exported_by(self, name) for name in self.RECIPIENTS)]

    monkeypatch.setattr(World, "snapshots", with_exports)


def exported_by(world: World, name: str) -> str:
    """Return every file of the person's export, and all its bytes."""
    person = world.people[name]
    person.refresh_from_db()
    if not person.is_active:
        return ""
    job, _is_new = start_export(user=person)
    Worker().run_ready(PEOPLES_JOBS)
    packed = bytes(JobFile.objects.get(job=job, is_result=True).content)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert {"README.txt", "account.json", "giving.json"} <= files.keys()
    return f"{files} {packed.hex()}"


@pytest.mark.parametrize(
    "seed", [FIRST, *(pytest.param(FIRST + more, marks=pytest.mark.slow) for more in range(1, SCRIPTS))]
)
def test_exports_of_recipients_are_equal(seed: int, password_hash: str) -> None:
    play_all([seed], password_hash)


def test_exports_of_former_givers_are_equal(password_hash: str) -> None:
    play_all([FIRST], password_hash, NewRecipientWorld)


def nothing(world: World) -> list[Call]:
    return [Call("alice", True, "GET", "/api/v1/auth/ping")]


def test_control_items_as_givers_see_them_are_found(
    password_hash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exported, "project_list", lambda wishlist, sight: project_list(wishlist, Sight.FULL))
    with pytest.raises(Leak):
        play_by_hand(reserve_cups, nothing, password_hash)

"""The export has everything about a person that they may see, and nothing that they may not."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from accounts.models import User
from jobs.models import Job, JobFile
from jobs.services import exporting, running
from jobs.services.archives import zip_of
from jobs.services.exporting import start_export
from jobs.services.jobs import cancel_job
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from sharing.services.links import make_link
from tests.support.workers import run_queued_jobs
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.messages import add_message
from wishlists.services.lists.people import remove_member
from wishlists.services.reserving import reserve_item


def exported(user: User) -> dict[str, bytes]:
    job, _is_new = start_export(user=user)
    run_queued_jobs()
    packed = JobFile.objects.get(job=job)
    with zipfile.ZipFile(io.BytesIO(bytes(packed.content))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def read(files: dict[str, bytes], beginning: str, ending: str = ".json") -> Any:
    [name] = [name for name in files if name.startswith(beginning) and name.endswith(ending)]
    return json.loads(files[name])


@pytest.fixture
def given(item: Item, wishlist: Wishlist, alice: User, bob: User) -> Item:
    """Bob reserved Alice's kettle, and spoke about it."""
    item.wishlist = Wishlist.objects.get(pk=wishlist.pk)
    reserve_item(item=item, by=Viewer(user=bob), message="In blue")
    item.wishlist = Wishlist.objects.get(pk=wishlist.pk)
    add_message(item=item, by=Viewer(user=bob), lane="givers", text="Who takes the cups?")
    make_link(wishlist=wishlist, by=alice)
    return item


def test_giver_gets_lists_and_own_giving(given: Item, bob: User) -> None:
    files = exported(bob)
    assert read(files, "account.json")["account"]["email"] == "bob@example.com"
    [held] = read(files, "giving.json")["reservations"]
    assert (held["message"], held["item"]["title"]) == ("In blue", "Kettle")
    whole = read(files, "lists/alices-birthday-")
    assert [row["reservation_status"] for row in whole["items"]] == ["reserved"]
    assert [row["text"] for row in whole["messages"]] == ["Who takes the cups?"]
    assert b"Kettle" in files["giving.csv"]


def test_recipient_learns_nothing_of_giving(given: Item, alice: User) -> None:
    files = exported(alice)
    [row] = read(files, "lists/alices-birthday-")["items"]
    assert (row["title"], row["reservation_status"], row["reserved_by_id"]) == ("Kettle", "available", None)
    everything = b"".join(files.values())
    assert b"In blue" not in everything
    assert b"cups" not in everything


def test_no_secret_of_a_link_is_exported(given: Item, alice: User) -> None:
    token = link_token(PublicLink.objects.get())
    assert token.encode() not in b"".join(exported(alice).values())


def test_stranger_gets_no_list(given: Item, charlie: User) -> None:
    assert [name for name in exported(charlie) if name.startswith("lists/")] == []


def test_second_export_is_the_running_one(alice: User) -> None:
    first, is_new = start_export(user=alice)
    assert (is_new, start_export(user=alice)) == (True, (first, False))


def test_list_that_is_gone_meanwhile_is_left_out(given: Item, bob: User, wishlist: Wishlist) -> None:
    start_export(user=bob)
    job = Job.objects.get()
    running._start(job, exporting.EXPORT)
    remove_member(wishlist=Wishlist.objects.get(pk=wishlist.pk), user=bob, by=bob)
    run_queued_jobs()
    job.refresh_from_db()
    assert job.state == "done"
    [packed] = job.files.all()
    with zipfile.ZipFile(io.BytesIO(bytes(packed.content))) as archive:
        assert not [name for name in archive.namelist() if name.startswith("lists/")]


def test_export_that_is_too_large_fails_with_a_sentence(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_BYTES", 10)
    job, _ = start_export(user=alice)
    run_queued_jobs()
    job.refresh_from_db()
    assert (job.state, job.errors[0]["code"]) == ("failed", "export_too_large")
    assert not JobFile.objects.exists()


def test_cancelled_export_leaves_nothing(alice: User) -> None:
    job, _ = start_export(user=alice)
    JobFile.objects.create(job=job, name="account.json", content=b"{}")
    cancel_job(user=alice, job_id=job.pk)
    run_queued_jobs()
    assert not JobFile.objects.exists()


@pytest.mark.once
def test_same_files_give_the_same_bytes() -> None:
    files = [("a.txt", b"a" * 1000), ("b.webp", b"b")]
    assert zip_of(files) == zip_of(iter(files))

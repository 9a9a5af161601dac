"""Jobs over the API and on pages, for their owner alone."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import lxml.html
import pytest
from django.test import Client

from accounts.access.scopes import Scope
from accounts.models import User
from accounts.services.api_tokens import make_api_token
from tests.support.api_clients import Api, refused
from tests.support.workers import run_queued_jobs

pytestmark = pytest.mark.django_db
ACTIVE: dict[str, Any] = {
    "kind": "export",
    "errors": [],
    "result": None,
    "finished_at": None,
    "expires_at": None,
}


def test_export_from_start_to_download(as_bob: Api, as_charlie: Api) -> None:
    answer = as_bob("POST", "/users/me/export")
    job = answer.json()
    assert answer.status_code == 202
    assert job == ACTIVE | {
        "id": job["id"], "state": "queued", "done": 0, "total": 0, "created_at": job["created_at"],
    }  # fmt: skip
    assert as_bob("POST", "/users/me/export").status_code == 200
    assert refused(as_bob("GET", f"/jobs/{job['id']}/file")) == (404, "not_found")
    run_queued_jobs()
    done = as_bob("GET", f"/jobs/{job['id']}").json()
    assert (done["state"], done["done"]) == ("done", done["total"])
    assert [row["id"] for row in as_bob("GET", "/jobs").json()] == [job["id"]]
    file = as_bob("GET", f"/jobs/{job['id']}/file")
    assert (file["Content-Type"], file["Cache-Control"]) == ("application/zip", "private, no-store")
    assert file["Content-Disposition"] == 'attachment; filename="wishlist-export.zip"'
    assert len(file.content) == done["result"]["bytes"]
    assert "account.json" in zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    assert as_charlie("GET", "/jobs").json() == []
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/file"), ("DELETE", "/file")):
        assert refused(as_charlie(method, f"/jobs/{job['id']}{path}")) == (404, "not_found")
    assert refused(as_bob("DELETE", f"/jobs/{job['id']}")) == (409, "job_finished")
    assert as_bob("DELETE", f"/jobs/{job['id']}/file").status_code == 204
    assert as_bob("GET", f"/jobs/{job['id']}").json()["result"] is None
    assert refused(as_bob("GET", f"/jobs/{job['id']}/file")) == (404, "not_found")


def test_cancelled_job_stays_cancelled(as_bob: Api) -> None:
    job = as_bob("POST", "/users/me/export").json()
    assert as_bob("DELETE", f"/jobs/{job['id']}").json()["state"] == "cancelled"
    run_queued_jobs()
    after = as_bob("GET", f"/jobs/{job['id']}").json()
    assert (after["state"], after["done"], after["result"]) == ("cancelled", 0, None)


def test_api_token_cannot_export(bob: User) -> None:
    _, secret = make_api_token(user=bob, name="All", scopes=list(Scope), expires_at=None)
    assert refused(Api(secret)("POST", "/users/me/export")) == (403, "log_in_only")
    assert Api(secret)("GET", "/jobs").json() == []


def main_of(answer: Any) -> Any:
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.content).xpath("//main")[0]


def test_pages_show_progress_download_and_cancelling(bobs: Client, charlie: User) -> None:
    charlies = Client()
    charlies.force_login(charlie)
    started: Any = bobs.post("/account/export")
    page = main_of(bobs.get(started.url))
    assert page.xpath(".//progress[not(@value)]")
    assert page.xpath(".//form[contains(@action, '/cancel')]")
    assert charlies.get(started.url).status_code == 404
    run_queued_jobs()
    page = main_of(bobs.get(started.url))
    [link] = page.xpath(".//a[@download]")
    assert bobs.get(link.get("href")).status_code == 200
    assert charlies.get(link.get("href")).status_code == 404
    assert Client().get(link.get("href")).status_code == 302
    assert not page.xpath(".//progress")
    assert "Export of your data" in main_of(bobs.get("/account/jobs")).text_content()
    bobs.post(page.xpath(".//form")[0].get("action"))
    assert not main_of(bobs.get(started.url)).xpath(".//a[@download]")
    again: Any = bobs.post("/account/export")
    bobs.post(f"{again.url}/cancel")
    assert "was cancelled" in main_of(bobs.get(again.url)).text_content()

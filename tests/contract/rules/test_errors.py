"""Every error is a problem document, a lost reservation has an exception for old clients, and JSend can wrap any
answer."""

from __future__ import annotations

import httpx
import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.installation import Installation
from tests.contract.support.people import Client, Json, Person, a_link, item_path, set_status
from tests.support.running.site import manage

PROBLEM = "application/problem+json"
JSEND = "application/vnd.jsend+json"
MEMBERS = "type title status detail code instance"
NOWHERE = "/wishlists/00000000-0000-4000-8000-00000000dead"


def refuse(answer: httpx.Response) -> Json:
    """Return the complete problem document of an error."""
    problem = answer.json()
    assert answer.headers["Content-Type"] == PROBLEM
    assert problem.keys() >= set(MEMBERS.split())
    assert problem["status"] == answer.status_code
    assert problem["instance"] == answer.request.url.path
    assert problem["code"].replace("_", "").isalpha()
    assert problem["code"].islower()
    assert isinstance(problem["title"], str)
    assert isinstance(problem["type"], str)
    return problem


@covers(*each("problem ", MEMBERS))
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/wishlists", 400),
        ("GET", NOWHERE, 404),
        ("DELETE", "/wishlists", 405),
        ("GET", "/nothing/here", 404),
        ("PATCH", "/reservations/00000000-0000-4000-8000-00000000dead", 404),
    ],
)
def test_errors_are_problem_documents(bob: Person, method: str, path: str, status: int) -> None:
    answer = bob.ask(method, path, {} if method in ("POST", "PATCH") else None)
    assert answer.status_code == status
    assert refuse(answer)["detail"].endswith((".", "!", "?"))


def test_401_and_403_are_problem_documents_too(anyone: Client, bob: Person, wishlist: Json) -> None:
    assert refuse(anyone.ask("GET", "/wishlists"))["status"] == 401
    assert refuse(bob.ask("DELETE", f"/wishlists/{wishlist['id']}"))["status"] == 403


@covers("problem errors", *each("problem errors.", "pointer code detail"))
def test_invalid_input_names_each_field(alice: Person) -> None:
    body = {"title": "", "due_date": "tomorrow", "policy": "secret"}
    problem = refuse(alice.ask("POST", "/wishlists", body))
    assert {error["pointer"] for error in problem["errors"]} == {"/title", "/due_date", "/policy"}
    assert all(error.keys() == {"pointer", "code", "detail"} for error in problem["errors"])
    nested = refuse(alice.ask("PATCH", "/wishlists/reorder", {"order": [{"id": "x", "sort_order": 0}]}))
    assert [error["pointer"] for error in nested["errors"]] == ["/order/0/id"]


@pytest.mark.parametrize(
    "sent", [b"", b"{", b"[]", b'"x"', b"7", b"\xff", b'{"title": "\\ud800"}', b'{"title": "a\\u0000b"}']
)
def test_body_that_is_no_object_is_refused(alice: Person, sent: bytes) -> None:
    answer = alice.ask("POST", "/wishlists", content=sent, headers={"Content-Type": "application/json"})
    assert refuse(answer)["status"] == 400


CONFLICT = "code message current_item"


@covers(*each("conflict ", "code current_item detail message"))
@says("as the asker may see it")
def test_lost_reservation_has_the_old_form_for_old_clients(bob: Person, carol: Person, item: Json) -> None:
    set_status(carol, item, "reserved")
    problem = refuse(bob.ask("PATCH", item_path(item), {"reservation_status": "reserved"}))
    assert (problem["status"], problem["code"]) == (409, "reservation_conflict")
    assert problem["detail"].keys() == set(CONFLICT.split())
    assert problem["detail"]["code"] == "reservation_conflict"
    assert problem["detail"]["message"].endswith(".")
    assert problem["current_item"] == problem["detail"]["current_item"] == bob.get(item_path(item))


@covers("conflict Accept", "conflict current_item")
def test_lost_reservation_is_a_problem_document_if_asked_for(bob: Person, carol: Person, item: Json) -> None:
    set_status(carol, item, "reserved")
    headers = {"Accept": f"{PROBLEM}, application/json"}
    problem = refuse(bob.ask("PATCH", item_path(item), {"reservation_status": "reserved"}, headers=headers))
    assert isinstance(problem["detail"], str)
    assert problem["code"] == "reservation_conflict"
    assert problem["current_item"] == bob.get(item_path(item))


def test_lost_reservation_hides_the_holder_from_the_public(
    alice: Person, bob: Person, charlie: Person, wishlist: Json, item: Json
) -> None:
    set_status(bob, item, "reserved", reservation_message="Secret")
    query = {"token": a_link(alice, wishlist)}
    path = f"/public/wishlists/items/{item['id']}"
    answer = charlie.ask("PATCH", path, {"reservation_status": "reserved"}, params=query)
    assert refuse(answer)["current_item"]["reserved_by_name"] is None
    assert bob.id not in answer.text
    assert "Secret" not in answer.text


def jsend(client: Client, method: str, path: str, body: Json = None) -> tuple[int, Json]:
    answer = client.ask(method, path, body, headers={"Accept": JSEND})
    assert answer.headers["Content-Type"] == JSEND
    return answer.status_code, answer.json()


@covers("jsend success")
@says("wraps any answer as JSend")
def test_jsend_wraps_a_success(anyone: Client, alice: Person, item: Json) -> None:
    assert jsend(alice, "GET", item_path(item)) == (200, {"status": "success", "data": item})
    assert jsend(alice, "GET", f"/wishlists/{item['wishlist_id']}/public-link") == (
        200,
        {"status": "success", "data": None},
    )
    status, wrapped = jsend(alice, "POST", "/wishlists", {"title": "Birthday"})
    assert (status, wrapped["status"], wrapped["data"]["title"]) == (201, "success", "Birthday")


@covers("jsend fail")
def test_jsend_wraps_a_client_error_as_fail(alice: Person, bob: Person, carol: Person, item: Json) -> None:
    status, wrapped = jsend(alice, "POST", "/wishlists", {"title": "", "policy": "secret"})
    assert (status, wrapped["status"]) == (400, "fail")
    assert wrapped["data"].keys() == {"title", "policy"}
    assert all(isinstance(message, str) for message in wrapped["data"].values())
    status, wrapped = jsend(alice, "GET", NOWHERE)
    assert (status, wrapped["status"]) == (404, "fail")
    set_status(carol, item, "reserved")
    status, wrapped = jsend(bob, "PATCH", item_path(item), {"reservation_status": "reserved"})
    assert (status, wrapped["status"], wrapped["data"]["code"]) == (409, "fail", "reservation_conflict")


@pytest.mark.once
@covers("jsend error")
@says("`Retry-After` on every 429 and 503", "errors carry CORS too")
def test_jsend_wraps_a_server_error_as_error(installation: Installation) -> None:
    """The database of this server has gone away."""
    folder = installation.folder / "short-lived"
    folder.mkdir()
    database = f"sqlite:///{folder / 'database'}"
    manage("migrate", **installation.variables | {"DATABASE_URL": database})
    with installation.serve("away", DATABASE_URL=database) as site:
        folder.rename(folder.with_name("gone"))
        headers = {"Accept": JSEND, "Origin": "http://localhost:3000"}
        account = {"email": "dora@example.com", "password": "correct horse battery"}
        answer = Client(site.url).ask("POST", "/auth/login", account, headers=headers)
        assert answer.status_code == 503
        assert answer.json().keys() == {"status", "message"}
        assert answer.json()["status"] == "error"
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.headers["Access-Control-Allow-Origin"] == headers["Origin"]


@says("`X-Request-ID` is echoed")
def test_request_id_is_echoed(anyone: Client, bob: Person) -> None:
    given = {"X-Request-ID": "7d1f4f3e-contract"}
    for answer in (bob.ask("GET", "/wishlists", headers=given), anyone.ask("GET", NOWHERE, headers=given)):
        assert answer.headers["X-Request-ID"] == given["X-Request-ID"]
    assert anyone.ask("GET", "/health").headers["X-Request-ID"]

"""Send what schemathesis makes of the OpenAPI document, as somebody of the cast, and check the answer against it."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
import schemathesis
from django.urls import resolve
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.authorization.cast import Cast, filled
from tests.authorization.roles import WITH_LINK, Row
from wishlist_project.openapi import openapi_document

BASE = "http://testserver"
OURS = {
    "user-agent",
    "authorization",
    "cookie",
    "content-type",
    "content-length",
    "x-schemathesis-testcaseid",
}
"""Headers that the client of the cast sets itself."""
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SURPRISING = [
    "\0",
    "a\0b",
    "\ud800",
    "",
    " ",
    "0",
    "x" * 3_000,
    2**63,
    -(2**63) - 1,
    1e308,
    None,
    [],
    {},
    True,
]
"""Values that some layer may not expect: NUL, lone surrogates, and numbers that no column holds."""


@cache
def operations() -> dict[str, Any]:
    """Return the operations of the document by name, such as `GET wishlists/{wishlist_id}`."""
    found = {}
    document: Any = schemathesis.openapi.from_dict(openapi_document())
    for result in document.get_all_operations():
        operation = result.ok()
        path = operation.path.removeprefix("/api/v1").removeprefix("/")
        found[f"{operation.method.upper()} {path}"] = operation
    return found


def needs_credentials(operation: Any) -> bool:
    """Return whether the document says that the operation needs a log-in."""
    return {} not in operation.definition.raw.get("security", [{}])


def requests_of(operation: Any) -> st.SearchStrategy[tuple[Case, int]]:
    """Return a strategy for requests, valid and invalid, and a number that decides what is replaced in one."""
    made = operation.as_strategy(GenerationMode.POSITIVE)
    if operation.definition.raw.get("parameters") or operation.body:
        made = st.one_of(made, made, operation.as_strategy(GenerationMode.NEGATIVE))
    return st.tuples(made, st.integers(0, 2**16))


def make_likely(case: Case, number: int, cast: Cast, role: str, row: Row) -> None:
    """Put things of the cast into most requests, so that they get beyond the first checks, and spoil a few."""
    if number % 8 == 7:
        return
    things = cast.things_of(row)
    for name in case.path_parameters or {}:
        case.path_parameters[name] = str(things[name])
    if role in WITH_LINK and "token" in (case.query or {}):
        case.query["token"] = cast.link
    case.headers.pop("X-Manage-Token", None)
    if role == "guest":
        case.headers["X-Manage-Token"] = cast.manage_token
    if number % 3:
        case.headers.pop("If-Match", None)
    if isinstance(case.body, dict):
        case.body = likely_body(case.body, known_fields(case), number, filled(row.body, things) or {})
    case._meta = None  # schemathesis would check at each access whether the request is valid now


def likely_body(made: dict[str, Any], known: list[str], number: int, valid: dict[str, Any]) -> dict[str, Any]:
    """Return the body with some fields of the valid one, mostly without unknown fields."""
    body = made if number % 4 == 0 else {name: made[name] for name in known if name in made}
    return body | valid if number % 2 else body


def known_fields(case: Case) -> list[str]:
    for alternative in case.operation.body:
        schema = alternative.definition.get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2]
        return sorted(schema.get("x-bundled", {}).get(name, schema).get("properties", {}))
    return []


def surprise(request: dict[str, Any], case: Case, number: int) -> None:
    """Put a surprising value into one field of some bodies."""
    known = known_fields(case)
    if number % 5 == 0 and known and isinstance(request.get("json"), dict):
        name, value = known[number % len(known)], SURPRISING[number // 5 % len(SURPRISING)]
        request["json"] = {**request["json"], name: value}


def answer_to(case: Case, cast: Cast, role: str, number: int) -> Response:
    """Send the request as this role, and return the answer in the form that schemathesis checks."""
    request = case.as_transport_kwargs(base_url=BASE)
    surprise(request, case, number)
    sent = requests.Request(**request).prepare()
    headers = {name: value for name, value in sent.headers.items() if name.lower() not in OURS}
    body = sent.body or b""
    answer = cast.apis[role].client.generic(
        str(sent.method),
        str(sent.path_url),
        body if isinstance(body, bytes) else body.encode(),
        sent.headers.get("Content-Type", ""),
        headers=headers,
    )
    content = b"" if answer.status_code in (204, 304) else answer.getvalue()
    received: dict[str, list[str]] = {}
    for name, value in answer.items():
        received.setdefault(name.lower(), []).append(value)
    return Response(answer.status_code, received, content, sent, elapsed=0, verify=False)


def check(case: Case, response: Response, role: str) -> None:
    """Check the answer: its status, headers and body are those of the document, and who must log in got 401."""
    status, raw = response.status_code, case.operation.definition.raw
    assert status < 500, f"{status} as {role}: {response.content[:300]!r}"
    assert status >= 400 or str(status) in raw["responses"], f"{status} as {role} is not documented"
    if role == "anonymous" and needs_credentials(case.operation) and exists(response):
        assert status == 401, f"{status} without credentials"
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as failed:
        raise AssertionError("\n".join(str(one) for one in failed.exceptions)) from None


def exists(response: Response) -> bool:
    """Return whether the address is one of the API. Of `wishlists/1` nobody is asked for credentials."""
    address = unquote(urlsplit(str(response.request.url)).path)
    return resolve(address).route.startswith("api/v1")

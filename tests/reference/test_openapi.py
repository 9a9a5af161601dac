"""The OpenAPI document is complete and valid, without warnings; and the pages that show it work offline."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from django.contrib.staticfiles.finders import find
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from openapi_spec_validator import validate

from wishlist_project.openapi import PROBLEM

Patterns = list[URLPattern | URLResolver]


@pytest.fixture
def document(client: Client) -> Any:
    return client.get("/api/schema", headers={"accept": "application/vnd.oai.openapi+json"}).json()


def test_document_has_no_warnings() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


@pytest.mark.django_db
def test_document_is_valid(document: Any) -> None:
    validate(document)


def routes(patterns: Patterns, prefix: str = "") -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= routes(pattern.url_patterns, address)
        else:
            found.add("/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address))
    return found


@pytest.mark.django_db
def test_document_has_every_route(document: Any) -> None:
    known = {route for route in routes(get_resolver().url_patterns) if route.startswith("/api/v1")}
    assert set(document["paths"]) == known


@pytest.mark.django_db
def test_every_patch_has_a_put(document: Any) -> None:
    for path, operations in document["paths"].items():
        assert ("put" in operations) == ("patch" in operations), path


@pytest.mark.django_db
def test_every_operation_documents_problem_documents(document: Any) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]
    assert document["components"]["schemas"]["Problem"] == PROBLEM


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["?lang=%0d%0a", "?version=%0d%0ax", "?format=json", "?lang=../.."])
def test_unusual_queries_cause_no_error(query: str, client: Client) -> None:
    assert client.get(f"/api/schema{query}").status_code in (200, 404)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/docs", "/redoc", "/docs?script"])
def test_pages_load_nothing_from_other_sites(path: str, client: Client) -> None:
    """Also with an old token, which browsers may still have."""
    answer = client.get(path, headers={"authorization": "Bearer old"})
    assert answer.status_code == 200
    assert not re.search(r"""(src|href)=["']https?://""", answer.content.decode())
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_files_of_the_pages_exist(path: str, client: Client) -> None:
    page = client.get(path).content.decode()
    files = re.findall(r'(?:src|href)="/static/([^"]+)"', page)
    assert len(files) >= 2
    assert all(find(name) for name in files)


@pytest.mark.django_db
def test_only_these_pages_allow_inline_styles(client: Client) -> None:
    assert "unsafe-inline" in client.get("/docs")["Content-Security-Policy"]
    assert (
        "unsafe-inline"
        not in client.get("/api/v1", headers={"accept": "text/html"})["Content-Security-Policy"]
    )

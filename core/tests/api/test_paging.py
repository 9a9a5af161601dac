from __future__ import annotations

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client, RequestFactory

from core.api.paging import HeaderPagination, page_of


def test_answer_without_page_is_the_whole_array(core_client: Client) -> None:
    for query in ("", "?page_size=2", "?page_size=x"):
        answer = core_client.get(f"/api/v1/paged{query}")
        assert answer.json() == [0, 1, 2, 3, 4]
        assert "Link" not in answer
        assert "X-Total-Count" not in answer


@pytest.mark.parametrize(
    ("page", "rows", "rels"),
    [
        (1, [0, 1], {"first": 1, "next": 2, "last": 3}),
        (2, [2, 3], {"first": 1, "prev": 1, "next": 3, "last": 3}),
        (3, [4], {"first": 1, "prev": 2, "last": 3}),
    ],
)
def test_headers_link_the_other_pages(
    core_client: Client, page: int, rows: list[int], rels: dict[str, int]
) -> None:
    answer = core_client.get(f"/api/v1/paged?page={page}&page_size=2&kept=1")
    assert answer.json() == rows
    assert answer["X-Total-Count"] == "5"
    address = "http://testserver/api/v1/paged?kept=1&page={}&page_size=2"
    assert answer["Link"] == ", ".join(
        f'<{address.format(number)}>; rel="{rel}"' for rel, number in rels.items()
    )


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("page=0", 400, "bad_page"),
        ("page=-1", 400, "bad_page"),
        ("page=", 400, "bad_page"),
        ("page=1.0", 400, "bad_page"),
        ("page=%D9%A1", 400, "bad_page"),
        ("page=1_0", 400, "bad_page"),
        ("page=1&page_size=0", 400, "bad_page_size"),
        ("page=1&page_size=201", 400, "bad_page_size"),
        ("page=2", 404, "no_such_page"),
        ("page=9223372036854775808", 404, "no_such_page"),
        ("page=" + "9" * 6000, 404, "no_such_page"),
        ("page=1&page_size=" + "9" * 6000, 400, "bad_page_size"),
    ],
)
def test_invalid_page_is_refused(core_client: Client, query: str, status: int, code: str) -> None:
    answer = core_client.get(f"/api/v1/paged?{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_first_page_of_no_rows_is_empty() -> None:
    nothing: list[int] = []
    rows, headers = page_of(RequestFactory().get("/?page=1"), nothing)
    assert (rows, headers["X-Total-Count"]) == ([], "0")
    assert (
        headers["Link"] == '<http://testserver/?page=1>; rel="first", <http://testserver/?page=1>; rel="last"'
    )


@pytest.mark.django_db
@pytest.mark.both
def test_queryset_is_counted_and_sliced_in_the_database(django_assert_num_queries: Any) -> None:
    rows = ContentType.objects.order_by("pk").values("pk", "model")
    with django_assert_num_queries(2):
        page, headers = page_of(RequestFactory().get("/?page=2&page_size=3"), rows)
        assert len(list(page)) == 3
    assert headers["X-Total-Count"] == str(rows.count())


def test_openapi_document_has_the_page_parameters() -> None:
    parameters = HeaderPagination().get_schema_operation_parameters(None)  # type: ignore[arg-type]
    assert [parameter["name"] for parameter in parameters] == ["page", "page_size"]

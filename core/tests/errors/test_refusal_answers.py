"""Outside DRF, a refusal becomes a page or a problem document with its status and sentence."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.errors.refusal_answers import RefusalAnswers
from core.errors.refusals import Forbidden


@pytest.mark.parametrize(
    ("path", "kind"), [("/lists", "text/html"), ("/api/v1/lists", "application/problem+json")]
)
def test_refusal_becomes_a_page_or_a_problem(path: str, kind: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise AssertionError("not called")

    answer = RefusalAnswers(view).process_exception(RequestFactory().get(path), Forbidden("Not you."))
    assert answer is not None
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (403, kind)
    assert b"Not you." in answer.content


def test_other_exceptions_are_left_to_django() -> None:
    answers = RefusalAnswers(lambda request: HttpResponse())
    assert answers.process_exception(RequestFactory().get("/"), ValueError()) is None

"""The API's exception handler: turns exceptions of views into refusals, and refusals into problem documents."""

from __future__ import annotations

from django.http import HttpRequest
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from core.errors.failures import ServerError, as_refusal
from core.errors.problems import Problem, headers_of, problem_of
from core.errors.unavailability import log_unavailable


class ProblemFormatter(ExceptionFormatter):
    def run(self) -> Problem:
        request = self.context["request"]
        return problem_of(self.exc, request if request is not None else HttpRequest())


class ProblemHandler(ExceptionHandler):
    """Logs unhandled exceptions with their traceback, and a 503 in a single line."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        return as_refusal(exc) or exc

    def convert_unhandled_exceptions(self, exc: Exception) -> APIException:
        return exc if isinstance(exc, APIException) else ServerError()

    def get_headers(self, exc: APIException) -> dict[str, str]:
        return headers_of(exc)

    def report_exception(self, exc: APIException, response: Response) -> None:
        if exc.status_code == 503:
            log_unavailable(self.context["request"], self.exc)
        else:
            super().report_exception(exc, response)

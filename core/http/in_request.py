"""A context variable: whether the current code runs for an HTTP request, in any thread."""

from __future__ import annotations

from contextvars import ContextVar

in_request: ContextVar[bool] = ContextVar("in_request", default=False)

"""Whether what runs here is done for a request over HTTP, in whatever thread that is."""

from __future__ import annotations

from contextvars import ContextVar

in_request: ContextVar[bool] = ContextVar("in_request", default=False)

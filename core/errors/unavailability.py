"""One line in the log for each request that is answered with 503, without a traceback: no code is at fault."""

from __future__ import annotations

import logging
from typing import Any

from core.errors.failures import database_refusal

logger = logging.getLogger(__name__)

_LOGGED = "unavailability_logged"


def log_unavailable(request: Any, reason: object) -> None:
    """Log why the request is answered with 503."""
    logger.warning("503 %s: %s", request.path, reason)
    # REST framework wraps Django's request, which is the one that Django logs.
    setattr(getattr(request, "_request", request), _LOGGED, True)


class OneLine(logging.Filter):
    """A filter for Django's logger of requests.

    It drops Django's own line if `log_unavailable` has already logged one. Exceptions from middleware are not handled by
    our code before Django logs them, so it shortens those that come from an unavailable database.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if getattr(request, _LOGGED, False):
            return False
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and database_refusal(error) is not None:
            record.msg, record.args = "503 %s: %s", (getattr(request, "path", ""), error)
            record.exc_info = None
            record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
            if request is not None:  # with DEBUG, Django logs the answer once more
                setattr(request, _LOGGED, True)
        return True

"""`GET /health`: whether this process can work. It is called often, so it is cheap.

It has threads of its own (wishlist_project/asgi.py), and answers while all others are busy.
"""

from __future__ import annotations

import functools
import logging
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from core.db.database_state import OK, SENTENCES, UNAVAILABLE, database_state
from core.lazy_modules import later

redis, redis_backoff, redis_retry = later("redis"), later("redis.backoff"), later("redis.retry")

logger = logging.getLogger(__name__)

REDIS_SECONDS = 1.0
"""How long we wait for Redis. After a failure it is not asked again for as long, so that a queue of monitors gets on."""
AGAIN_SECONDS = "5"


@csrf_exempt
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 if the database can be read and written, else 503.

    Without Redis it is still 200: changes arrive slightly later, but none is lost.
    """
    database, realtime = _database(), _realtime()
    body = {"status": _STATUS.get(database, "degraded"), "database": database, "realtime": realtime}
    if database == OK:
        return JsonResponse(body, headers=_FRESH)
    if database in SENTENCES:
        body["detail"] = SENTENCES[database]
    return JsonResponse(body, status=503, headers=_FRESH | {"Retry-After": AGAIN_SECONDS})


_FRESH = {"Cache-Control": "no-store"}
_STATUS = {OK: "ok", UNAVAILABLE: "unavailable"}


def _database() -> str:
    try:
        state = database_state()
    except Exception as failure:  # any error means unavailable
        logger.warning("The database doesn't answer: %s", failure)
        return UNAVAILABLE
    if state != OK:
        logger.warning(SENTENCES[state])
    return state


_asked_in_vain_at: dict[str, float] = {}


def _realtime() -> str:
    """Return "ok" or "delayed". If Redis is down, hubs look for new events every few seconds."""
    url = settings.REDIS_URL
    if not url:
        return "ok"
    if time.monotonic() - _asked_in_vain_at.get(url, -REDIS_SECONDS) < REDIS_SECONDS:
        return "delayed"
    try:
        _client(url).ping()
    except (redis.RedisError, OSError) as failure:
        _asked_in_vain_at[url] = time.monotonic()
        logger.warning("Redis doesn't answer: %s", failure)
        return "delayed"
    return "ok"


@functools.cache
def _client(url: str) -> Any:
    """Return the client of this process. It keeps its connections. One that Redis ended is replaced before its use."""
    return redis.Redis.from_url(
        url,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=redis_retry.Retry(redis_backoff.NoBackoff(), 0),
    )

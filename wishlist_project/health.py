"""`GET /health`: whether this process can work. It is called often, so it is cheap."""

from __future__ import annotations

import asyncio
import logging

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from core.db.database_state import OK, SENTENCES, UNAVAILABLE, database_state

logger = logging.getLogger(__name__)

REDIS_SECONDS = 1.0
AGAIN_SECONDS = "5"


@csrf_exempt
@require_safe
async def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 if the database can be read and written, else 503.

    Without Redis it is still 200: changes arrive slightly later, but none is lost.
    """
    database, realtime = await asyncio.gather(sync_to_async(_database)(), _realtime())
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
    finally:
        close_old_connections()
    if state != OK:
        logger.warning(SENTENCES[state])
    return state


async def _realtime() -> str:
    """Return "ok" or "delayed". If Redis is down, hubs look for new events every few seconds."""
    if not settings.REDIS_URL:
        return "ok"
    try:
        async with asyncio.timeout(REDIS_SECONDS), redis.asyncio.from_url(settings.REDIS_URL) as client:
            await client.execute_command("PING")  # type: ignore[no-untyped-call]
    except (RedisError, OSError, TimeoutError) as failure:
        logger.warning("Redis doesn't answer: %s", failure)
        return "delayed"
    return "ok"

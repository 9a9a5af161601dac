"""The ASGI application: HTTP behind the gate (long polls outside it), and WebSockets."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wishlist_project.settings")
django_application = get_asgi_application()

# Imported here, because models must be loaded first.
from django.conf import settings  # noqa: E402

from accounts.services.last_use import keep_writing_uses  # noqa: E402
from core.asgi.guard import guarded  # noqa: E402
from core.db.database_state import report_state  # noqa: E402
from core.http.in_request import in_request  # noqa: E402
from realtime.http.long_polling import LongPolling  # noqa: E402
from realtime.log.hints import use_loop  # noqa: E402
from realtime.sockets.routing import websocket_urlpatterns  # noqa: E402
from wishlist_project.gate import Gate  # noqa: E402
from wishlist_project.launch.servers.server_bounds import request_bounds  # noqa: E402
from wishlist_project.static_files import report_if_outdated  # noqa: E402
from wishlist_project.threaded import ThreadedDjango  # noqa: E402

report_if_outdated()
# In a thread, because some servers import this module in their event loop, and the database may be unreachable.
threading.Thread(target=report_state, name="database-state", daemon=True).start()
if not settings.TESTING:
    threading.Thread(target=keep_writing_uses, name="last-use", daemon=True).start()

beside = {
    # Monitoring must see that the server is only busy.
    "/health": ThreadedDjango(threads=2),
    # Waits for another server for seconds. It has its own threads and limits (wishlists/product_preview/fetch_pool.py).
    "/api/v1/metadata": django_application,
}
gate = Gate(
    ThreadedDjango(settings.HTTP_CONCURRENCY),
    at_once=settings.HTTP_CONCURRENCY,
    waiting=settings.HTTP_QUEUE,
    beside=beside,
)
router = ProtocolTypeRouter({"http": LongPolling(gate), "websocket": URLRouter(websocket_urlpatterns)})
bounded = guarded(router, max_body=settings.MAX_BODY_BYTES, bounds=request_bounds())


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI application. It tells the hints which event loop to use: the one that serves the sockets."""
    use_loop(asyncio.get_running_loop())
    in_request.set(scope["type"] == "http")
    await bounded(scope, receive, send)


# Exclude from garbage collection what is loaded now. Otherwise each full collection scans it, and requests and sockets wait
# for 60 ms and more (bench/lab-book.md).
gc.collect()
gc.freeze()

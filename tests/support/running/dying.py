"""Settings of a server that dies at its first successful write, between commit and answer."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from wishlist_project.settings import *  # noqa: F403 - the site's settings, except the outermost middleware
from wishlist_project.settings import MIDDLEWARE as OF_THE_SITE


def die_before_answering(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Outermost middleware: at this point everything has committed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        if request.method == "POST" and answer.status_code < 300:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return middleware


MIDDLEWARE = ["tests.support.running.dying.die_before_answering", *OF_THE_SITE]

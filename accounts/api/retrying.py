"""`Idempotency-Key`: a client that got no answer can repeat its request without a second effect (docs/retrying.md).

The answer is stored in the same transaction as the effect, so neither exists without the other. Only successful answers
are stored: a refusal changed nothing, and a retry may succeed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import StoredAnswer
from accounts.refusals import BadKey
from accounts.services.retrying import claim_answer, keep_answer
from core.api.renderers import encode
from core.db.change import tell_refused
from core.db.write_lock import write_lock
from core.errors.refusals import Refusal

KEY_HEADER, REPLAYED_HEADER = "Idempotency-Key", "Idempotency-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)

Handler = Callable[..., Response]


class RetriedView(APIView):
    """A view whose writes take effect once per key. Without a key it is an ordinary view."""

    done_once = True
    """False for a view whose refusals write to the database. The header is ignored there, as a rollback would undo that."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if KEY_HEADER in request.headers:
            # `_digests` needs the body, and parsers consume the stream.
            _ = request._request.body
        super().initial(request, *args, **kwargs)
        key, name = request.headers.get(KEY_HEADER), (request.method or "").lower()
        handler = getattr(self, name, None)
        if key is None or handler is None or request.method in SAFE_METHODS or not self.done_once:
            return
        if not _KEY.fullmatch(key):
            raise BadKey
        # DRF looks the handler up after this call. Viewsets set their handlers as attributes too.
        setattr(self, name, partial(self._once, handler, self._slot(request, key)))

    def retry_scope(self, request: Request) -> str:
        """Return the scope of the keys, so that keys of different clients never collide."""
        return f"user {request.user.pk}"

    def without_secrets(self, data: Any) -> Any:
        """Return the answer without secrets, to be stored. `with_secrets` restores them."""
        return data

    def with_secrets(self, data: Any) -> Any:
        return data

    def _slot(self, request: Request, key: str) -> str:
        named = (self.retry_scope(request), request.method or "", request.path, key)
        return hashlib.sha256("\0".join(named).encode()).hexdigest()

    def _once(self, handler: Handler, slot: str, request: Request, *args: Any, **kwargs: Any) -> Response:
        try:
            return self._kept_or_made(handler, slot, request, *args, **kwargs)
        except Refusal as refusal:
            tell_refused(refusal)  # again, because the rollback undid what was logged before
            raise

    def _kept_or_made(
        self, handler: Handler, slot: str, request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        asked, *older = _digests(request)
        with write_lock(), transaction.atomic():
            place = claim_answer(slot=slot, asked=asked, also=older)
            if place.status is not None:
                return self._again(place)
            response = handler(request, *args, **kwargs)
            if response.status_code < 300:
                body = encode(self.without_secrets(response.data)).decode()
                keep_answer(place=place, status=response.status_code, headers=_own(response), body=body)
            else:
                transaction.set_rollback(True)
        return response

    def _again(self, kept: StoredAnswer) -> Response:
        data = self.with_secrets(orjson.loads(kept.body))
        return Response(data, kept.status, headers={**kept.headers, REPLAYED_HEADER: "true"})


def _own(response: Response) -> dict[str, str]:
    """Return the headers that the handler set, without Content-Type, which depends on what the repeated request accepts."""
    return {name: value for name, value in response.items() if name != "Content-Type"}


def _digests(request: Request) -> list[str]:
    """Return digests of query and body with each secret, the newest first. Keyed, as bodies contain messages and addresses."""
    query = request.query_params.copy()
    query.pop("token", None)
    text = query.urlencode().encode() + b"\0" + request._request.body
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hmac.new(b"retried" + secret.encode(), text, hashlib.sha256).hexdigest() for secret in secrets]

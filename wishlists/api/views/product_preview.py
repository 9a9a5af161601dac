"""API view that reads a product page: `GET /metadata?url=`.

A fetch takes up to five seconds. So this view is async, fetches in threads of its own (`fetch_pool`), and holds no
database connection while it waits. Permissions and throttling are DRF's, as everywhere else.
"""

from __future__ import annotations

import asyncio
from functools import partial
from inspect import isawaitable
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.scopes import WRITING_LISTS
from core.limits.rate_limits import PRODUCT_PAGES, refuse_beyond
from core.outgoing.targets import MAX_URL, PUBLIC_ONLY, Guard
from core.text.text_fields import RawTextField
from wishlists.product_preview.fetch_pool import FetchPool
from wishlists.product_preview.parse import read_product

POOL = FetchPool()


class MetadataQuerySerializer(serializers.Serializer[Any]):
    url = RawTextField(
        max_length=MAX_URL,
        error_messages={"required": _("Send the address of the product page as `url`.")},
        help_text="The address of the product page, http or https.",
    )


class MetadataSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(allow_null=True)
    image_url = serializers.URLField(allow_null=True)
    price = serializers.FloatField(allow_null=True)
    currency = serializers.CharField(allow_null=True)


class AsyncAPIView(APIView):
    """An `APIView` with async handlers. DRF's own checks may query the database, so they run in a thread."""

    async def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        self.args, self.kwargs = args, kwargs
        self.request = asked = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            await sync_to_async(self._admit)(asked)
            name = (request.method or "").lower()
            known = name in self.http_method_names
            handler = getattr(self, name if known else "", self.http_method_not_allowed)
            response = handler(asked, *args, **kwargs)
            if isawaitable(response):
                response = await response
        except Exception as error:
            response = self.handle_exception(error)
        self.response = self.finalize_response(asked, response, *args, **kwargs)
        return self.response

    def _admit(self, request: Request) -> None:
        try:
            self.initial(request, *self.args, **self.kwargs)
        finally:
            # Otherwise this request would hold a connection of the pool while it waits for another server. Only tests
            # ask from inside a transaction.
            if not connection.in_atomic_block:
                connection.close()


class MetadataView(AsyncAPIView):
    token_access = WRITING_LISTS
    guard: Guard = PUBLIC_ONLY

    @extend_schema(parameters=[MetadataQuerySerializer], responses=MetadataSerializer)
    async def get(self, request: Request) -> Response:
        """Get the title, picture and price of a product page. A value that can't be read is null."""
        query = MetadataQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        await sync_to_async(refuse_beyond)(PRODUCT_PAGES, request.user.pk)
        fetch = partial(read_product, query.validated_data["url"], guard=self.guard)
        return Response(await asyncio.wrap_future(POOL.submit(request.user.pk, fetch)))

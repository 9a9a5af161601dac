"""The events of the socket over HTTP, for clients that cannot hold a socket: the same frames of the same streams.

A client names its position and gets the events after it: at once if there are any, otherwise as soon as there are
(realtime/http/long_polling.py). If it gets 410 `resync`, it reads the state anew and continues from the position in
that answer.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.scopes import ACCOUNT, READING_LISTS
from accounts.api.views import current_user
from core.errors.refusals import Refusal
from core.http.client_address import client_address, client_network
from core.text.text_fields import RawTextField
from realtime.delivery.byte_budgets import ByteBudget, shared_budgets, spend, wait_seconds
from realtime.delivery.limited_links import LimitedLinkAccess
from realtime.http.long_polling import SLOT, PendingPoll, PollSlot
from realtime.log.stream_reader import read_missed
from realtime.log.streams import inbox_key, list_key
from sharing.access.limited_links import has_opened
from sharing.api.documents import GUEST
from sharing.api.views.public import LinkView
from wishlists.api.lookups import visible_list

WAIT_SECONDS = 25
"""The longest wait. Proxies give up on a silent answer after 30 seconds or more."""


@dataclass(frozen=True)
class Who:
    """The keys that a request counts under: a person, or the people of one link who have no account."""

    person: UUID | None = None
    link: UUID | None = None

    def counted(self, address: str) -> dict[Hashable, int]:
        """Return the most requests that may wait, for each key of this request."""
        mine: dict[Hashable, int] = {
            self.person or self.link: settings.LONG_POLLS_PER_PERSON
            if self.person
            else settings.LONG_POLLS_PER_LINK
        }
        return mine | ({("address", address): settings.LONG_POLLS_PER_ADDRESS} if address else {})

    def byte_budgets(self, address: str) -> list[ByteBudget]:
        """Return the budgets that sockets use too (realtime/sockets/consumers.py)."""
        budgets = [shared_budgets.of(("address", address), settings.SNAPSHOT_BYTES_PER_ADDRESS)]
        if self.person:
            budgets.append(shared_budgets.of(("person", self.person), settings.SNAPSHOT_BYTES_PER_PERSON))
        return budgets


class Resync(Refusal):
    """Some of what follows cannot be told any more: it is another epoch, too long ago, or a position that never was."""

    status_code = 410
    default_code = "resync"
    default_detail = _(
        "Events after this position are no longer available. Read the state again, then continue with "
        "this epoch and seq."
    )


class EventsQuerySerializer(serializers.Serializer[Any]):
    epoch = RawTextField(
        required=False,
        max_length=128,
        help_text="`epoch` of the last answer. Send it together with `after`, or send neither.",
    )
    after = serializers.IntegerField(
        required=False, min_value=0, max_value=2**63 - 1, help_text="`seq` of the last answer."
    )
    wait = serializers.IntegerField(
        default=0,
        min_value=0,
        max_value=WAIT_SECONDS,
        help_text="Seconds to wait for an event if there is none yet.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("epoch" in attrs) != ("after" in attrs):
            raise serializers.ValidationError(_("Send `epoch` and `after` together, or send neither."))
        return attrs


class PublicEventsQuerySerializer(EventsQuerySerializer):
    opening = RawTextField(
        required=False, help_text="For limited links: the `opening` that `/public/wishlists` answered."
    )


class EventsSerializer(serializers.Serializer[Any]):
    epoch = serializers.CharField()
    seq = serializers.IntegerField(help_text="Continue from here with `after`.")
    events = serializers.ListField(
        child=serializers.DictField(), help_text="The events, as documented at /api/asyncapi."
    )


class TooMuchAtOnce(Refusal):
    status_code = 429
    default_code = "too_much_at_once"
    default_detail = _("You have loaded too much in a short time. Try again in a moment.")

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


def _told(request: Request, key: str, who: Who, link_access: LimitedLinkAccess | None = None) -> Response:
    """Return the events after the client's position in that stream. A client without a position only learns the
    current one."""
    query = EventsQuerySerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    asked = query.validated_data
    address = client_network(client_address(request))
    budgets = who.byte_budgets(address)
    if seconds := wait_seconds(budgets):
        raise TooMuchAtOnce(seconds)
    known = asked.get("epoch"), asked.get("after")
    missed = read_missed(key, *(link_access.known(*known) if link_access else known))
    position = missed.position
    epoch = link_access.signed_epoch(position) if link_access else position.epoch
    if missed.events is None:
        raise Resync(epoch=epoch, seq=position.seq)
    slot: PollSlot | None = getattr(request._request, "scope", {}).get(SLOT)
    if slot and asked["wait"] and "after" in asked and not missed.events:
        slot.wait(PendingPoll(who.counted(address), key, position, asked["wait"]))
    spend(budgets, sum(len(text) for _seq, text in missed.events))
    frames = [orjson.Fragment(text) for _seq, text in missed.events]
    body = {"epoch": epoch, "seq": position.seq, "events": frames}
    return Response(body, headers={"Cache-Control": "no-store"})


class ListEventsView(APIView):
    token_access = READING_LISTS

    @extend_schema(parameters=[EventsQuerySerializer], responses=EventsSerializer)
    def get(self, request: Request, wishlist_id: UUID) -> Response:
        """List the events of a list after a position, as far as you can see them. 410 `resync` if that isn't possible."""
        audience = visible_list(request, wishlist_id).audience
        return _told(request, list_key(wishlist_id, audience), Who(person=current_user(request).pk))


class InboxEventsView(APIView):
    token_access = ACCOUNT

    @extend_schema(parameters=[EventsQuerySerializer], responses=EventsSerializer)
    def get(self, request: Request) -> Response:
        """List the events of your inbox after a position. After a 410 `resync`, read `/notifications` again."""
        person = current_user(request).pk
        return _told(request, inbox_key(person), Who(person=person))


class PublicEventsView(LinkView):
    token_access = READING_LISTS
    answers_are_rows = False  # frames of a stream, which took nothing else than rows

    @extend_schema(parameters=[*GUEST, PublicEventsQuerySerializer], responses=EventsSerializer)
    def get(self, request: Request) -> Response:
        """List the events of the list behind a public link. This doesn't count as an opening of a limited link."""
        link, viewpoint = self.enter()
        key = list_key(viewpoint.wishlist.pk, self.asked_by(viewpoint).audience)
        link_access = None
        if link.max_views is not None and not viewpoint.is_member:
            shown = request.query_params.get("opening", "")
            link_access = None if has_opened(link.pk, shown) else LimitedLinkAccess(link.pk)
        user = self.viewer.user
        return _told(request, key, Who(person=user.pk) if user else Who(link=link.pk), link_access)

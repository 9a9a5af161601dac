"""The consumer: handles one socket's messages. This process's hub feeds its subscriptions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Hashable
from typing import Any
from uuid import UUID

from channels.consumer import AsyncConsumer, get_handler_name
from channels.exceptions import StopConsumer
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.access.scopes import Scope, may
from core.http.client_address import client_address_of_scope, client_network
from realtime import protocol
from realtime.access import Person, Way, granted, shown_by_guest
from realtime.delivery.access_checks import AccessChecks
from realtime.delivery.byte_budgets import ByteBudget, shared_budgets, spend, wait_seconds
from realtime.delivery.limited_links import link_access_of
from realtime.delivery.local_sockets import Follower, LocalSockets
from realtime.delivery.running import delivery_of
from realtime.delivery.send_queue import Send, send_queue_of
from realtime.delivery.socket_places import REFUSED_WITH_A_WORD
from realtime.delivery.subscriptions import InboxSubscription, ListSubscription
from realtime.protocol import Close, Command, SocketError, Unreadable, error_frame, frame, read_command
from realtime.sockets.handshake import ForeignOrigin, person_of_token, read_handshake, recognise

logger = logging.getLogger(__name__)

OF_ONE_LIST = {Close.WITHDRAWN, Close.NO_SUCH_LIST, Close.GONE}
"""These codes end a subscription, and the socket only if that subscription was all it came for."""
OF_ONE_REQUEST = {"too_much_at_once", "too_many_on_link"}
"""These errors refuse one request, and end the socket only if that request was all it came for."""
RECOGNISE_SECONDS = 8.0
"""How long to wait for a database that doesn't answer before the client is asked to come back."""


class SocketConsumer(Follower, AsyncConsumer):
    """Holds no channel in the layer: the hub joins groups for all sockets of the process (docs/real-time.md)."""

    channel_layer_alias = "none: the hub has it"

    local_sockets: LocalSockets
    access_checks: AccessChecks
    by_link = False
    """The socket was opened by a public token, and ends with that subscription."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        self.send_queue = send_queue_of(scope, send)
        delivery = delivery_of(asyncio.get_running_loop())
        self.hub, self.local_sockets = delivery.hub, delivery.sockets
        self.access_checks = delivery.access_checks
        self.budget = Budget()
        self.address = client_network(client_address_of_scope(scope))
        self.has_place = False
        shared = shared_budgets.of(self._place, settings.SNAPSHOT_BYTES_PER_ADDRESS)
        self.byte_budgets = {"socket": ByteBudget(settings.SNAPSHOT_BYTES_PER_SOCKET), "address": shared}
        self.bad_frames = 0
        self.timer: asyncio.TimerHandle | None = None
        self.obeying = False
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            await _say_goodbye(send)
            raise
        finally:
            self._leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle a message without the steps that Channels adds. Channels would first close old database connections,
        in a thread, for every message of every socket.

        Nothing here touches the database outside the hub's own threads, and that hop is three quarters of a message's
        cost. After any failure the client is asked to come back, because a 1011 would tell it nothing.
        """
        try:
            await getattr(self, get_handler_name(message))(message)
        except StopConsumer:
            raise
        except SocketError as error:
            self.refuse(error)
        except Exception:
            logger.exception("A socket failed. Its client is asked to reconnect.")
            self.send_queue.close(Close.COME_BACK)

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        """Accept the socket. A bad credential in the query is refused before that (HTTP 403)."""
        if not self._take_place():
            await self.send({"type": "websocket.close"})
            raise StopConsumer
        try:
            handshake = read_handshake(self.scope)
            async with asyncio.timeout(RECOGNISE_SECONDS):
                person, way = await self.hub.database.run(recognise, handshake)
        except (SocketError, ForeignOrigin):
            await self.send({"type": "websocket.close"})
            raise StopConsumer from None
        except Exception:
            # A 403 would say that the credential is bad, but nobody could check it.
            await self.send({"type": "websocket.accept"})
            raise
        await self.send({"type": "websocket.accept"})
        self.local_sockets.add(self)
        self._start_timer()
        if self.local_sockets.places[self._place] > settings.SOCKETS_PER_ADDRESS:
            raise protocol.too_many_from_here()
        self.by_link = handshake.by_link
        position = protocol.read_position(handshake.epoch, handshake.since)
        if person is not None:
            await self._identify(person, inbox=not self.by_link, **({} if self.by_link else position))
        if way is not None:
            await self._follow(way, **(position if self.by_link else {}))

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        if self.send_queue.closed:
            return
        text = message.get("text")
        if text is None:
            raise SocketError("binary", _("Send text frames only."), close=Close.BAD_FRAMES)
        if len(text) > protocol.FRAME_BYTES or len(text.encode()) > protocol.FRAME_BYTES:
            raise SocketError("frame_too_large", _("A frame has at most 64 KiB."), close=Close.TOO_LARGE)
        try:
            command = read_command(text)
        except SocketError as error:
            self.budget.spend(protocol.COST)
            self._count_bad(error)
            raise
        self.budget.spend(command.cost)
        if command.is_by_type:
            self.send_queue.spell = protocol.with_item_deleted
        await self._obey(command)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        raise StopConsumer

    def refuse(self, error: SocketError, wishlist_id: UUID | None = None) -> None:
        """Send the error, and close the socket if the error has a close code."""
        self.send_queue.write(error_frame(error, wishlist_id))
        spares = error.close in OF_ONE_LIST or error.code in OF_ONE_REQUEST
        if error.close and not (spares and self._follows_something_else()):
            self.send_queue.close(error.close)

    def withdraw(self, subscription: ListSubscription, error: SocketError) -> None:
        """End a subscription: the list was deleted, or is not shared with this socket any more."""
        self._drop(subscription.wishlist_id)
        code = error.close or Close.WITHDRAWN
        said = {"wishlist_id": subscription.wishlist_id, "code": int(code), "reason": error.code}
        self.send_queue.write(frame("unsubscribed", **said))
        if not self._follows_something_else():
            self.refuse(error, subscription.wishlist_id)

    def spend(self, length: int) -> None:
        spend(self.byte_budgets.values(), length)

    def _follows_something_else(self) -> bool:
        return bool(self.subscriptions) or not (self.by_link or self.person is None)

    @property
    def _place(self) -> Hashable:
        return "address", self.address

    def _take_place(self) -> bool:
        """Take a place for this address. If there is none, a few sockets are still accepted to be told so."""
        most = settings.SOCKETS_PER_ADDRESS + REFUSED_WITH_A_WORD
        self.has_place = not self.address or self.local_sockets.places.take(self._place, most)
        return self.has_place

    def _check_budget(self, wishlist_id: UUID | None = None) -> None:
        """Check the budget before a read that this client asked for. Events that we push are never held back."""
        if seconds := wait_seconds(self.byte_budgets.values()):
            raise protocol.too_much_at_once(seconds, wishlist_id)

    def _count_bad(self, error: SocketError) -> None:
        if isinstance(error, Unreadable):
            self.bad_frames += 1
            if self.bad_frames >= protocol.BAD_FRAMES:
                error.close = Close.BAD_FRAMES

    async def _obey(self, command: Command) -> None:
        wishlist_id = command.values.get("wishlist_id")
        self.obeying = True
        try:
            await getattr(self, f"_on_{command.event}")(**command.values)
        except SocketError as error:
            self.refuse(error, wishlist_id)
        finally:
            self.obeying = False

    async def _on_auth(self, access_token: str, epoch: str | None, since: int | None) -> None:
        person = await self.hub.database.run(person_of_token, access_token)
        if self.person is not None and self.person.user_id != person.user_id:
            raise SocketError(
                "already_authenticated", _("This socket belongs to a different user. Open another one.")
            )
        await self._identify(person, epoch, since)

    async def _on_subscribe(self, wishlist_id: UUID, epoch: str | None, since: int | None) -> None:
        if self.person is None:
            error = protocol.not_authenticated()
            error.close = None if self.subscriptions else error.close
            raise error
        await self._follow(Way(wishlist_id, self.person), epoch, since)

    async def _on_subscribe_public(
        self,
        public_token: str,
        epoch: str | None,
        since: int | None,
        opening: str | None,
        manage_token: str | None,
    ) -> None:
        way = granted(await self.hub.links.ask((public_token, self.person)))
        await self._follow(shown_by_guest(way, manage_token), epoch, since, opening)

    async def _on_unsubscribe(self, wishlist_id: UUID) -> None:
        self._drop(wishlist_id)
        self.send_queue.write(frame("unsubscribed", wishlist_id=wishlist_id))

    async def _on_ack(self, wishlist_id: UUID | None, seq: int) -> None:
        followed = self.subscriptions.get(wishlist_id) if wishlist_id else self.inbox
        if followed is not None:
            followed.acknowledged = max(seq, followed.acknowledged or 0)

    async def _on_ping(self) -> None:
        self.send_queue.write(frame("pong"))

    async def _on_pong(self) -> None:
        """Do nothing. Our `ping` only keeps proxies awake; the protocol's own pings find out whether the client is
        alive."""

    async def _identify(
        self, person: Person, epoch: str | None = None, since: int | None = None, *, inbox: bool = True
    ) -> None:
        """Note the person of this socket. Lists that it already follows may now need another stream."""
        if inbox:
            key = "person", person.user_id
            self.byte_budgets["person"] = shared_budgets.of(key, settings.SNAPSHOT_BYTES_PER_PERSON)
            self._check_budget()
        self.person = person
        if self.local_sockets.identify(self, person) > settings.SOCKETS_PER_PERSON:
            raise protocol.too_many_sockets()
        self._stop_timer()
        for followed in self.subscriptions.values():
            followed.become(person)
        if inbox:
            await self._follow_inbox(person, epoch, since)

    async def _follow_inbox(self, person: Person, epoch: str | None, since: int | None) -> None:
        """Follow the person's inbox. An API token without the scope for it is only told that it is authenticated."""
        if self.inbox is not None:
            self.inbox.end()
            self.inbox = None
        if not may(person.scopes, Scope.ACCOUNT):
            self.send_queue.write(frame("authenticated", user_id=person.user_id))
            return
        self.inbox = InboxSubscription(self.hub, self, person)
        await self.inbox.start(epoch, since)

    async def _follow(
        self, way: Way, epoch: str | None = None, since: int | None = None, opening: str | None = None
    ) -> None:
        """Follow a list. A second call for the same list starts again from another position."""
        known = way.wishlist_id in self.subscriptions
        if not known and len(self.subscriptions) >= protocol.SUBSCRIPTIONS_A_SOCKET:
            raise SocketError("too_many_subscriptions", _("This socket follows too many lists."))
        self._check_budget(way.wishlist_id)
        checks = self.access_checks.count
        try:
            audience = granted(await self.hub.ways.ask(way))
            self._drop(way.wishlist_id)
            link_access = await self.hub.database.run(link_access_of, way, opening) if way.limited else None
            subscription = ListSubscription(self.hub, self, way, audience, link_access)
            if way.link_id and not self.local_sockets.places.take(way.link_id, settings.SOCKETS_PER_LINK):
                raise protocol.too_many_on_link(way.wishlist_id)
            await self._start(subscription, epoch, since)
        except SocketError as error:
            # The answer must not say that the list exists.
            raise error if way.link_id else protocol.no_such_list() from None
        self.subscriptions[way.wishlist_id] = subscription
        self._stop_timer()
        if checks != self.access_checks.count:
            # A check may have begun before this subscription existed, and so missed it.
            self.access_checks.check_soon()

    async def _start(self, subscription: ListSubscription, epoch: str | None, since: int | None) -> None:
        try:
            await subscription.start(epoch, since)
        except BaseException:
            self._end(subscription)
            raise

    def _drop(self, wishlist_id: UUID) -> None:
        if subscription := self.subscriptions.pop(wishlist_id, None):
            self._end(subscription)

    def _end(self, subscription: ListSubscription) -> None:
        subscription.end()
        if subscription.way.link_id:
            self.local_sockets.places.leave(subscription.way.link_id)

    def _start_timer(self) -> None:
        self.timer = asyncio.get_running_loop().call_later(protocol.IDENTIFY_SECONDS, self._nobody)

    def _nobody(self) -> None:
        """Close the socket because it has not identified itself in time. Time that the server spends on checking
        credentials doesn't count."""
        if self.obeying:
            self._start_timer()
            return
        message = _("You didn't authenticate in time.")
        self.refuse(SocketError("not_identified", message, close=Close.NOT_IDENTIFIED))

    def _stop_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()

    def _leave(self) -> None:
        self._stop_timer()
        self.local_sockets.remove(self)
        if self.address and self.has_place:
            self.has_place = False
            self.local_sockets.places.leave(self._place)
        for wishlist_id in list(self.subscriptions):
            self._drop(wishlist_id)
        if self.inbox is not None:
            self.inbox.end()
        self.send_queue.drop()


class Budget:
    """Limits how many messages one socket may send within `COST_WINDOW_SECONDS`."""

    def __init__(self) -> None:
        self._window, self._spent = 0.0, 0

    def spend(self, cost: int) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._window > protocol.COST_WINDOW_SECONDS:
            self._window, self._spent = now, 0
        self._spent += cost
        if self._spent > protocol.COST_A_WINDOW:
            raise SocketError("too_many_messages", _("Too many messages. Slow down."), close=Close.TOO_MANY)


async def _say_goodbye(send: Send) -> None:
    """Tell the client that the server is going down. daphne's transports need one pass of the event loop to hand the
    frame to the kernel."""
    await send({"type": "websocket.close", "code": int(Close.COME_BACK)})
    await asyncio.sleep(0.01)

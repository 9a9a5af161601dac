"""The kinds of notifications about exchanges, and the keys of their payloads. None says who gives to whom."""

from __future__ import annotations

from accounts.projections.notice_payloads import declare_payload

_EXCHANGE = ("exchange_id", "exchange_title")

declare_payload("exchange_added", *_EXCHANGE, "name")
declare_payload("exchange_joined", *_EXCHANGE, "name")
declare_payload("exchange_left", *_EXCHANGE, "name")
declare_payload("exchange_drawn", *_EXCHANGE)
declare_payload("exchange_deleted", "exchange_title")

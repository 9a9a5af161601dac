"""The kinds of notifications about exchanges, and the keys of their payloads. None says who gives to whom."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.projections.notice_kinds import Email, Group, declare_kind
from accounts.projections.notice_payloads import declare_payload

_EXCHANGE = ("exchange_id", "exchange_title")

declare_payload("exchange_added", *_EXCHANGE, "name")
declare_payload("exchange_joined", *_EXCHANGE, "name")
declare_payload("exchange_left", *_EXCHANGE, "name")
declare_payload("exchange_drawn", *_EXCHANGE)
declare_payload("exchange_deleted", "exchange_title")

declare_kind("exchange_added", _("You are added to an exchange"), Group.GIVING, email=Email.AT_ONCE)
declare_kind("exchange_drawn", _("The names of an exchange are drawn"), Group.GIVING, email=Email.AT_ONCE)
declare_kind("exchange_joined", _("Somebody joins your exchange"), Group.GIVING)
declare_kind("exchange_left", _("Somebody leaves your exchange"), Group.GIVING)
declare_kind("exchange_deleted", _("An exchange is deleted"), Group.GIVING)

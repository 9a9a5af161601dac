"""Refusals of webhooks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors.refusals import Refusal


class NotAnAddress(Refusal):
    """The address can't be called: it is no public address of the internet."""

    status_code = 400
    default_code = "address_not_allowed"
    default_detail = _("This address can't be used. It must be a public address of the internet.")


class TooManyWebhooks(Refusal):
    default_code = "too_many_webhooks"
    default_detail = _("You have very many webhooks. Delete one that you no longer use.")

"""Background jobs of webhooks."""

from __future__ import annotations

from datetime import timedelta

from core.jobs.schedule import every
from webhooks.models import Webhook
from webhooks.services.delivering import deliver_due, forget_old_deliveries
from webhooks.services.following import follow_lists

KEPT, KEPT_FOR = 200, timedelta(days=30)


@every(timedelta(seconds=10), name="follow lists of webhooks")
def follow_lists_of_webhooks() -> None:
    follow_lists()


@every(timedelta(seconds=1), name="deliver webhooks", by_each=True, is_outgoing=True)
def deliver_webhooks() -> None:
    """Deliver what is due. Each worker takes lists of its own."""
    deliver_due()


@every(timedelta(hours=1), name="forget webhook deliveries", is_upkeep=True)
def forget_deliveries() -> None:
    forget_old_deliveries(list(Webhook.objects.all()), kept=KEPT, kept_for=KEPT_FOR)

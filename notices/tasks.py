"""Background jobs of notices."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django_tasks import task

from accounts.models import User
from core.db.change import change
from core.jobs.retry import Backoff, retried
from core.jobs.schedule import every
from core.jobs.sweeping import sweep
from notices.services.mailing import queue_mails, send_queued_mails, users_with_mail_due
from notices.services.pushing import forget_lost_browsers, push_due


@retried(Backoff(first=timedelta(seconds=5), most=timedelta(hours=1)))
@task()
def mail_notices(user_id: str) -> None:
    """Mail a user what is queued for them, unless another job has done so."""
    send_queued_mails(User.objects.get(pk=user_id))


@every(timedelta(seconds=10), name="mail notices")
def mail_what_is_due() -> None:
    """Make a job for each user with mail that is due: at once, or in a digest."""
    sweep(_queue, users_with_mail_due(), what="Mail to")


@change()
def _queue(user_id: UUID) -> bool:
    """The job commits together with the mark that it was made."""
    queued = queue_mails(user_id)
    if queued:
        mail_notices.enqueue(user_id=str(user_id))
    return queued


@every(timedelta(seconds=2), name="push notices", by_each=True, is_outgoing=True)
def push_what_is_due() -> None:
    """Push what is due. Each worker takes rows of its own, so a slow push service delays only some of them."""
    push_due()


@every(timedelta(hours=1), name="forget lost browsers", is_upkeep=True)
def forget_browsers_of_ended_sessions() -> None:
    forget_lost_browsers()

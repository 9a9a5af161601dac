from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from accounts.projections.notice_kinds import Email, Group, declare_kind
        from accounts.signals import person_removed
        from webhooks import tasks  # noqa: F401 - registers its jobs as it is imported
        from webhooks.receivers import on_person_removed

        declare_kind(
            "webhook_stopped", _("A webhook of yours is stopped"), Group.ACCOUNT, email=Email.AT_ONCE
        )
        person_removed.connect(on_person_removed, dispatch_uid="webhooks.person_removed")

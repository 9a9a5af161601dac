from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"

    def ready(self) -> None:
        from accounts.signals import notified, person_removed
        from jobs.access.export_sections import register_section
        from notices import tasks  # noqa: F401 - registers its jobs as it is imported
        from notices.queries.exported import NEWS
        from notices.receivers import on_notified, on_person_removed

        notified.connect(on_notified, dispatch_uid="notices.notified")
        person_removed.connect(on_person_removed, dispatch_uid="notices.person_removed")
        register_section(NEWS)

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        from jobs import receivers, tasks  # noqa: F401 - they register themselves as they are imported
        from jobs.access.export_sections import register_section
        from jobs.access.kinds import register_kind
        from jobs.queries.own_account import ACCOUNT
        from jobs.services.exporting import EXPORT

        register_kind(EXPORT)
        register_section(ACCOUNT)

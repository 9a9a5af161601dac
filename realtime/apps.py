from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        from realtime import receivers, revisions, tasks  # noqa: F401 - all register as they are imported

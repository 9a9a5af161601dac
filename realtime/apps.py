from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        from realtime import tasks
        from realtime.capture import receivers
        from realtime.log import revisions  # noqa: F401 - all register as they are imported

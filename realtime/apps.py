from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        # All register as they are imported.
        from realtime import tasks  # noqa: F401
        from realtime.capture import receivers  # noqa: F401
        from realtime.log import revisions  # noqa: F401

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        # Importing these modules registers them.
        from realtime import tasks  # noqa: F401
        from realtime.capture import receivers  # noqa: F401
        from realtime.log import revisions  # noqa: F401

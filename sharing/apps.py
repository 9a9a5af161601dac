from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "sharing"

    def ready(self) -> None:
        from sharing import doors, tasks  # noqa: F401 - both register as they are imported

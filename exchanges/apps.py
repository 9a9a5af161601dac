from django.apps import AppConfig


class ExchangesConfig(AppConfig):
    name = "exchanges"

    def ready(self) -> None:
        from accounts.signals import person_removed
        from exchanges import notices  # noqa: F401 - declares payloads as it is imported
        from exchanges.receivers import on_person_removed

        person_removed.connect(on_person_removed, dispatch_uid="exchanges.person_removed")

from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "sharing"

    def ready(self) -> None:
        from accounts.web.form_repeats import restorers
        from jobs.access.export_sections import register_section

        # These modules register their functions when they are imported.
        from sharing import tasks  # noqa: F401
        from sharing.access import lists_behind_links  # noqa: F401
        from sharing.api import unchanged  # noqa: F401
        from sharing.queries.exported import SUGGESTIONS
        from sharing.receivers import on_guest_concerned
        from sharing.web.form_repeats import RestoredGuests
        from wishlists.signals import guest_concerned

        guest_concerned.connect(on_guest_concerned, dispatch_uid="sharing.guest_concerned")
        restorers.append(RestoredGuests())
        register_section(SUGGESTIONS)

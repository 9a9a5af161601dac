from django.apps import AppConfig


class WishlistsConfig(AppConfig):
    name = "wishlists"

    def ready(self) -> None:
        from accounts.signals import group_changed, person_removed
        from core.db.change import change_refused
        from jobs.access.export_sections import register_section
        from notices.access.dates import date_sources
        from notices.access.reader_settings import mail_checks
        from people.signals import person_linked, person_renamed

        # These modules register their functions when they are imported.
        from wishlists import tasks  # noqa: F401
        from wishlists.access import lists_for_people  # noqa: F401
        from wishlists.access.blind_mailboxes import is_shared_with_blind
        from wishlists.api import unchanged  # noqa: F401
        from wishlists.queries.exported import GIVING, LISTS
        from wishlists.receivers import (
            on_change_refused,
            on_group_changed,
            on_person_linked,
            on_person_removed,
            on_person_renamed,
        )
        from wishlists.services.notices import kinds, payloads  # noqa: F401 - they declare as they are imported
        from wishlists.services.notices.calendar_dates import list_dates

        person_removed.connect(on_person_removed, dispatch_uid="wishlists.person_removed")
        group_changed.connect(on_group_changed, dispatch_uid="wishlists.group_changed")
        person_linked.connect(on_person_linked, dispatch_uid="wishlists.person_linked")
        person_renamed.connect(on_person_renamed, dispatch_uid="wishlists.person_renamed")
        change_refused.connect(on_change_refused, dispatch_uid="wishlists.change_refused")
        mail_checks.append(is_shared_with_blind)
        date_sources.append(list_dates)
        register_section(GIVING)
        register_section(LISTS)

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from accounts.projections.notice_kinds import Email, Group, declare_kind
        from accounts.projections.notice_payloads import declare_payload
        from accounts.signals import person_removed
        from notices.queries.dates import date_sources
        from people import tasks  # noqa: F401 - registers its periodic jobs as it is imported
        from people.calendar_dates import birthdays
        from people.receivers import on_person_removed
        from people.services.reminders import BIRTHDAY_SOON

        person_removed.connect(on_person_removed, dispatch_uid="people.person_removed")
        declare_payload(BIRTHDAY_SOON, "person_id", "name", "day", "age")
        declare_kind(
            BIRTHDAY_SOON, _("The birthday of somebody you give to is near"), Group.LISTS, email=Email.AT_ONCE
        )
        date_sources.append(birthdays)

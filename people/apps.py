from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from accounts.projections.notice_payloads import declare_payload
        from accounts.signals import person_removed
        from people import tasks  # noqa: F401 - registers its periodic jobs as it is imported
        from people.receivers import on_person_removed
        from people.services.reminders import BIRTHDAY_SOON

        person_removed.connect(on_person_removed, dispatch_uid="people.person_removed")
        declare_payload(BIRTHDAY_SOON, "person_id", "name", "day", "age")

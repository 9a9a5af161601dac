from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ProjectConfig(AppConfig):
    """The project itself, for its management commands and system checks."""

    name = "wishlist_project"
    default = True

    def ready(self) -> None:
        from wishlist_project import checks  # noqa: F401 - registers them


class ModerationConfig(admin_apps.AdminConfig):
    """Django's admin with our ModerationSite."""

    default = False
    default_site = "wishlist_project.moderation.ModerationSite"

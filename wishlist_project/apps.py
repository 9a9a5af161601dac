from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ProjectConfig(AppConfig):
    """The project itself, for its management commands."""

    name = "wishlist_project"
    default = True


class ModerationConfig(admin_apps.AdminConfig):
    """Django's admin, with a dashboard of ours."""

    default = False
    default_site = "wishlist_project.moderation.ModerationSite"

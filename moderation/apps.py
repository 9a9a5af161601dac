from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Reports, and what staff do about them."""

    name = "moderation"

from typing import Any

from django.apps import AppConfig
from django.apps import apps as registry
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        # Importing them registers receivers and tasks.
        from accounts import (
            code_tasks,  # noqa: F401
            receivers,  # noqa: F401
            sign_in_tasks,  # noqa: F401
            tasks,  # noqa: F401
        )
        from accounts.web.form_repeats import restorers
        from accounts.web.repeated_log_ins import LogIns

        restorers.append(LogIns())
        post_migrate.connect(ensure_default_tenant, sender=self)
        post_migrate.connect(follow_moved_site, sender=self)


def ensure_default_tenant(using: str, apps: Any = registry, **_: Any) -> None:
    """Create the default tenant after every migration and flush, so that users can always register.

    `apps` are those of the migration. If it went back to before our tables, there is no table of tenants.
    """
    from accounts.models import DEFAULT_TENANT_ID

    tenant = apps.all_models["accounts"].get("tenant")
    if tenant is None or tenant.objects.using(using).filter(pk=DEFAULT_TENANT_ID).exists():
        return
    has_slug = any(field.name == "slug" for field in tenant._meta.fields)
    tenant.objects.using(using).create(
        pk=DEFAULT_TENANT_ID, name="Default", **({"slug": "default"} if has_slug else {})
    )


def follow_moved_site(apps: Any = registry, **_: Any) -> None:
    """Correct the addresses of uploaded pictures, because SITE_URL may have changed. `migrate` runs at each start."""
    from accounts.services.avatars import renew_addresses

    if "avatar" in apps.all_models["accounts"]:
        renew_addresses()

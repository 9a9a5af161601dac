from typing import Any

from django.apps import AppConfig
from django.apps import apps as registry
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import receivers, tasks  # noqa: F401 - both register as they are imported
        from accounts.web.form_repeats import restorers
        from accounts.web.repeated_log_ins import LogIns

        restorers.append(LogIns())
        post_migrate.connect(ensure_default_tenant, sender=self)


def ensure_default_tenant(using: str, apps: Any = registry, **_: Any) -> None:
    """After every migration and every emptying of the tables: there is always one tenant to register into.

    `apps` are those of the migration: once it has gone back to before our tables, there is none to have one in.
    """
    from accounts.models import DEFAULT_TENANT_ID, Tenant

    if "tenant" not in apps.all_models["accounts"]:
        return
    Tenant.objects.using(using).get_or_create(pk=DEFAULT_TENANT_ID, defaults={"name": "Default"})

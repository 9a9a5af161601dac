"""The product's settings with only the plain view (plain.py), to compare reading with it."""

from wishlist_project.settings import *  # noqa: F403

MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]  # it refuses to start without; it costs some microseconds
ROOT_URLCONF = "bench.plain"
SILENCED_SYSTEM_CHECKS = ["admin.E408", "admin.E409", "admin.E410"]

"""The product's settings with only the plain view (plain.py), to compare reading with it."""

from wishlist_project.settings import *  # noqa: F403

# allauth refuses to start without it. It costs some microseconds.
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
ROOT_URLCONF = "bench.plain"
SILENCED_SYSTEM_CHECKS = ["admin.E408", "admin.E409", "admin.E410"]

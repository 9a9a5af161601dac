"""The product's settings with one plain view instead of everything: what there is to compare its reading with."""

from wishlist_project.settings import *  # noqa: F403

MIDDLEWARE = []
ROOT_URLCONF = "bench.plain"
SILENCED_SYSTEM_CHECKS = ["admin.E408", "admin.E409", "admin.E410"]

"""The site's settings with cheap password hashes."""

from __future__ import annotations

from wishlist_project.settings import *  # noqa: F403 - the site's settings, except the hasher
from wishlist_project.settings import PASSWORD_HASHERS as OF_THE_SITE

PASSWORD_HASHERS = ["tests.support.running.light_hashing.LightHasher", *OF_THE_SITE[1:]]

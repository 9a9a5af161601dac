"""Settings of a server whose password hashes cost next to nothing, and which is the site's own in all else."""

from __future__ import annotations

from wishlist_project.settings import *  # noqa: F403 - the site's own, but for the hasher
from wishlist_project.settings import PASSWORD_HASHERS as OF_THE_SITE

PASSWORD_HASHERS = ["tests.support.running.light_hashing.LightHasher", *OF_THE_SITE[1:]]

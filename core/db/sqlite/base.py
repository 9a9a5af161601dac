"""The backend."""

from __future__ import annotations

from django.db.backends.sqlite3.base import DatabaseWrapper as Wrapper
from django.db.backends.sqlite3.features import DatabaseFeatures as Features


class DatabaseFeatures(Features):
    """Every SQLite since 3.38 knows JSON. Django would ask in a transaction, which waits while another connection writes.
    So a request that only reads would wait, too.
    """

    supports_json_field = True


class DatabaseWrapper(Wrapper):
    features_class = DatabaseFeatures

"""Django's PostgreSQL backend with two connection pools: requests have time limits, jobs and commands have none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import Connection, Cursor

from core.db.postgresql.pools import RecoveringPool, answering_within
from core.http.in_request import in_request

_PREPARED = "prepared"
"""Asks `create_cursor` for a cursor that prepares, by the argument with which Django names other cursors."""


class PreparingCursor(Cursor[Any]):
    """Lets the server keep the plan of each statement, and sends the values beside its text."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, **{"prepare": True} | options)


class DatabaseWrapper(base.DatabaseWrapper):
    """Uses the pool of `OPTIONS["request_pool"]` for requests, and that of `OPTIONS["pool"]` for everything else."""

    _connection_pools: ClassVar[dict[str, RecoveringPool]] = {}
    _request_pools: ClassVar[dict[str, RecoveringPool]] = {}
    _configure_connection: Callable[[Connection[Any]], bool]
    _cursor: Callable[[str], Any]

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        params.pop("request_pool", None)
        return params

    def prepared_cursor(self) -> Any:
        """Return a cursor like `cursor`, for statements that are run often: see core/db/prepared_cursor.py."""
        return self._cursor(_PREPARED)

    def create_cursor(self, name: str | None = None) -> Any:
        if name == _PREPARED:
            return PreparingCursor(self.connection)
        return super().create_cursor(name)

    @property
    def pool(self) -> RecoveringPool | None:
        options = self.settings_dict["OPTIONS"]
        if self.alias == NO_DB_ALIAS or not options.get("pool"):
            return None
        if in_request.get() and "request_pool" in options:
            return self._pool_of_requests()
        return self._made(self._connection_pools, options["pool"])

    def close_pool(self) -> None:
        for pools in (self._connection_pools, self._request_pools):
            if pool := pools.pop(self.alias, None):
                pool.close()

    def _pool_of_requests(self) -> RecoveringPool:
        options = dict(self.settings_dict["OPTIONS"]["request_pool"])
        seconds, left = options.pop("statement_seconds"), options.pop("left_for_others")
        if known := self._request_pools.get(self.alias):
            return known
        # A process that serves requests splits its connections between both pools; other processes need only one pool.
        self._made(self._connection_pools, self.settings_dict["OPTIONS"]["pool"]).resize(1, left)

        def configure(connection: Connection[Any]) -> None:
            self._configure_connection(connection)
            connection.execute(f"SET statement_timeout = {int(seconds * 1000)}")

        bounds = {"connection_class": answering_within(seconds), "configure": configure}
        return self._made(self._request_pools, options | bounds)

    def _made(self, pools: dict[str, RecoveringPool], options: dict[str, Any]) -> RecoveringPool:
        """Return the pool, created if needed. Two threads may create one; the first is kept, as in Django. It is not open
        yet.
        """
        if self.alias not in pools:
            kwargs = self.get_connection_params() | {"autocommit": True}
            made = RecoveringPool(
                kwargs=kwargs, open=False, **{"configure": self._configure_connection} | options
            )
            pools.setdefault(self.alias, made)
        return pools[self.alias]

"""Connections to PostgreSQL switch its JIT off, and keep what DATABASE_URL says (docs/performance.md)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection, connections

from core.http.in_request import in_request
from tests.support.running.site import ROOT
from wishlist_project.launch import database

ASKED = "SELECT setting, source FROM pg_settings WHERE name = 'jit'"


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("for_request", [True, False])
def test_connections_of_both_pools_have_no_jit(for_request: bool) -> None:
    own = connections.create_connection("default")
    token = in_request.set(for_request)
    try:
        with own.cursor() as cursor:
            cursor.execute(ASKED)
            assert cursor.fetchone() == ("off", "client")
    finally:
        own.close()
        in_request.reset(token)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_connection_beside_the_pools_has_no_jit() -> None:
    with database.connect() as own:
        assert own.execute(ASKED).fetchone() == ("off", "client")


@pytest.mark.postgresql
@pytest.mark.django_db
def test_control_plain_connection_has_the_servers_own_setting() -> None:
    params = connection.get_connection_params()
    del params["options"]
    with psycopg.connect(**params) as own:
        assert own.execute("SELECT source FROM pg_settings WHERE name = 'jit'").fetchone() != ("client",)


@pytest.mark.once
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", "-c jit=off"),
        ("?sslmode=prefer", "-c jit=off"),
        (f"?options={quote('-c search_path=gifts')}", "-c jit=off -c search_path=gifts"),
        (f"?options={quote('-c jit=on')}", "-c jit=off -c jit=on"),
    ],
)
def test_options_of_the_url_come_after_ours(given: str, kept: str) -> None:
    code = (
        "import json; from wishlist_project.settings import DATABASES;"
        " print(json.dumps(DATABASES['default']['OPTIONS']['options']))"
    )
    env = os.environ | {
        "DATABASE_URL": f"postgres://wishlist@localhost/wishlist{given}",
        "ENV_FILE": os.devnull,
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == kept

"""Dockerfile and docker-compose.yml against the project. No engine runs here, so what they name must exist."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from scripts.configuration import entries
from wishlist_project.tests.site import ROOT

pytestmark = pytest.mark.once

COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("migrate", "web", "worker")
KNOWN = {name for name, _, _ in entries()}


def test_services_are_the_ones_documented() -> None:
    assert SERVICES.keys() == {"db", "redis", *OURS}
    assert SERVICES["db"]["image"] == "postgres:17"
    assert SERVICES["redis"]["image"] == "redis:7"


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_known(name: str) -> None:
    assert SERVICES[name]["environment"].keys() <= KNOWN


def test_every_substituted_variable_is_known() -> None:
    assert set(re.findall(r"\$\{([A-Z_]+)", COMPOSE_TEXT)) <= KNOWN


def test_image_sets_known_variables_only() -> None:
    environment = re.search(r"^ENV (.*?[^\\])$", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert environment is not None
    names = set(re.findall(r"([A-Z_]+)=", environment[1])) - {"PATH"}
    assert {name for name in names if not name.startswith("PYTHON")} <= KNOWN


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    interpreter, script, command, *_ = SERVICES[name]["command"]
    assert (interpreter, script) == ("python", "manage.py")
    assert command in get_commands()


def test_image_runs_a_command_that_exists() -> None:
    found = re.search(r'^CMD \["python", "manage.py", "(\w+)"\]$', DOCKERFILE, re.MULTILINE)
    assert found is not None
    assert found[1] in get_commands()


def test_health_checks_ask_what_is_there() -> None:
    asked = [DOCKERFILE, shlex.join(SERVICES["web"]["healthcheck"]["test"])]
    for text in asked:
        found = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", text)
        assert found is not None
        assert found[1] == SERVICES["web"]["environment"]["PORT"]
        assert resolve(found[2])
    assert "healthcheck" in SERVICES["db"]
    assert "healthcheck" in SERVICES["redis"]


def test_database_and_redis_are_the_ones_that_run() -> None:
    environment = SERVICES["web"]["environment"]
    database = SERVICES["db"]["environment"]
    expected = "postgres://{POSTGRES_USER}:{POSTGRES_PASSWORD}@db:5432/{POSTGRES_DB}".format(**database)
    assert environment["DATABASE_URL"] == expected
    assert environment["REDIS_URL"].startswith("redis://redis:6379/")
    assert environment["EMBEDDED_JOBS"] == "false"


def test_nothing_starts_before_what_it_needs() -> None:
    assert SERVICES["migrate"]["depends_on"]["db"]["condition"] == "service_healthy"
    for name in ("web", "worker"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert SERVICES[name]["depends_on"]["redis"]["condition"] == "service_healthy"


def test_volumes_are_named() -> None:
    mounted = {mount.split(":")[0] for service in SERVICES.values() for mount in service["volumes"]}
    assert mounted == COMPOSE["volumes"].keys()


def test_image_is_not_root_and_holds_what_it_copies() -> None:
    user = DOCKERFILE.index("\nUSER wishlist\n")
    assert user < DOCKERFILE.index("\nCMD ")
    assert "--require-hashes -r requirements-fast.txt" in DOCKERFILE
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert [name for name in let_in if not (ROOT / name).exists() and name != "locale"] == []
    assert {"manage.py", "requirements-fast.txt", "wishlist_project", "templates", "static"} <= set(let_in)


def test_every_app_of_ours_is_in_the_image() -> None:
    let_in = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"bench", "scripts"} <= let_in

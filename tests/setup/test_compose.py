"""Dockerfile and docker-compose.yml fit the project. No engine runs here, so the tests check that what they name exists."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import httpx
import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from scripts.configuration import entries
from scripts.entrypoint import prepare
from tests.support.running.servers import free_port
from tests.support.running.site import ROOT, running_site
from tests.support.socket_client import NO_TLS

pytestmark = pytest.mark.once

COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("migrate", "web", "worker")
KNOWN = {name for name, _, _ in entries()}


def test_services_are_the_documented_ones() -> None:
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


def test_health_checks_request_an_existing_address() -> None:
    asked = [DOCKERFILE, shlex.join(SERVICES["web"]["healthcheck"]["test"])]
    for text in asked:
        found = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", text)
        assert found is not None
        assert found[1] == SERVICES["web"]["environment"]["PORT"]
        assert resolve(found[2])
    assert "healthcheck" in SERVICES["db"]
    assert "healthcheck" in SERVICES["redis"]


def test_urls_of_database_and_redis_match_the_services() -> None:
    environment = SERVICES["web"]["environment"]
    database = SERVICES["db"]["environment"]
    expected = "postgres://{POSTGRES_USER}:{POSTGRES_PASSWORD}@db:5432/{POSTGRES_DB}".format(**database)
    assert environment["DATABASE_URL"] == expected
    assert environment["REDIS_URL"].startswith("redis://redis:6379/")
    assert environment["EMBEDDED_JOBS"] == "false"


def test_services_start_after_their_dependencies() -> None:
    assert SERVICES["migrate"]["depends_on"]["db"]["condition"] == "service_healthy"
    for name in ("web", "worker"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert SERVICES[name]["depends_on"]["redis"]["condition"] == "service_healthy"


def test_volumes_are_named() -> None:
    mounted = {mount.split(":")[0] for service in SERVICES.values() for mount in service["volumes"]}
    assert mounted == COMPOSE["volumes"].keys()


def test_image_runs_without_root_and_its_copied_files_exist() -> None:
    user = DOCKERFILE.index("\nUSER wishlist\n")
    assert user < DOCKERFILE.index("\nCMD ")
    assert "--require-hashes -r requirements-fast.txt" in DOCKERFILE
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert [name for name in let_in if not (ROOT / name).exists() and name != "locale"] == []
    assert {"manage.py", "requirements-fast.txt", "wishlist_project", "templates", "static"} <= set(let_in)


def test_entry_point_is_in_the_image() -> None:
    found = re.search(r'^ENTRYPOINT \["python", "(\S+)"\]$', DOCKERFILE, re.MULTILINE)
    assert found is not None
    let_in = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert {found[1], "scripts/secrets_file.py"} <= let_in


def test_no_variable_is_required() -> None:
    assert re.findall(r"\$\{[A-Z_]+:?\?", COMPOSE_TEXT) == []


# --- the same commands, as far as possible without an engine ---------------------------------------------------------


def in_container(folder: Path, **chosen: str) -> dict[str, str]:
    """Return the environment of a service with `chosen` in `.env`, but with local database, Redis and folders."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "ENV_FILE": os.devnull, **chosen}
    for name, value in SERVICES["web"]["environment"].items():
        if value is not None:
            environment[name] = re.sub(
                r"\$\{([A-Z_]+):-([^}]*)\}", lambda found: chosen.get(found[1]) or found[2], str(value)
            )
    own = {
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "DATABASE_URL": "",
        "REDIS_URL": "",
    }
    return environment | own


def entered(folder: Path, *command: str, **chosen: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "scripts/entrypoint.py", *command],
        cwd=ROOT, env=in_container(folder, **chosen), capture_output=True, text=True, check=False,
    )  # fmt: skip


SHOW = "from wishlist_project import settings as s; print(s.SITE_URL, s.DEBUG, s.ALLOWED_HOSTS[0], len(s.LINK_SECRET))"


def test_default_installation_is_for_this_machine(tmp_path: Path) -> None:
    """The first start generates the secrets, and the second keeps them."""
    secrets = []
    for _ in range(2):
        done = entered(tmp_path, sys.executable, "-c", SHOW)
        assert done.stdout == "http://localhost:8000 False localhost 67\n", done.stderr
        secrets.append((tmp_path / "secrets.env").read_text())
    assert secrets[0] == secrets[1]
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_set_variables_override_the_defaults(tmp_path: Path) -> None:
    own = dict.fromkeys(("SECRET_KEY", "JWT_SECRET_KEY", "LINK_SECRET"), token_urlsafe(30))
    done = entered(tmp_path, sys.executable, "-c", SHOW, SITE_URL="https://wishes.example.org", **own)
    assert done.stdout == "https://wishes.example.org False wishes.example.org 40\n", done.stderr
    assert not (tmp_path / "secrets.env").exists()
    done = entered(
        tmp_path, sys.executable, "-c", SHOW, PUBLISH="127.0.0.1:9000", LINK_SECRET=f"{token_urlsafe(30)}y"
    )
    assert done.stdout == "http://localhost:9000 False localhost 41\n", done.stderr


@pytest.mark.parametrize(
    ("published", "address", "starts"),
    [
        ("0.0.0.0:8000", "", False),
        ("8000", "", False),
        ("[::]:8000", "http://localhost:8000", False),
        ("192.0.2.7:80", "https://127.0.0.1", False),
        ("0.0.0.0:8000", "https://wishes.example.org", True),
        ("[::1]:8000", "", True),
        ("127.0.0.1:8000", "https://wishes.example.org", True),
    ],
)
def test_published_site_without_its_address_is_refused(
    tmp_path: Path, published: str, address: str, starts: bool
) -> None:
    error = prepare({"PUBLISH": published, "SITE_URL": address}, tmp_path)
    assert (error == "") is starts
    assert starts or error.startswith(f"PUBLISH={published} offers the site to other machines")


def test_commands_of_the_services_run(tmp_path: Path) -> None:
    """`migrate`, then `serve`, on SQLite, at the printed address. With DEBUG, so that static files are not collected."""
    done = entered(tmp_path, *SERVICES["migrate"]["command"])
    assert done.returncode == 0, done.stderr
    port = free_port()
    command = [sys.executable, "scripts/entrypoint.py", *SERVICES["web"]["command"]]
    variables = in_container(tmp_path) | {"HOST": "127.0.0.1", "DEBUG": "1", "PORT": str(port)}
    with running_site(tmp_path / "log", variables=variables, command=lambda _: command, port=port) as site:
        page = httpx.get(site.url, headers={"host": "localhost:8000"}, verify=NO_TLS)
        assert (page.status_code, "Wishlist is running at http://localhost:8000" in site.output()) == (
            200,
            True,
        )


def test_every_package_is_in_the_image() -> None:
    let_in = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"bench", "scripts", "tests"} <= let_in

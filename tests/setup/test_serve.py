"""`manage.py serve` starts, prints what to try, stops cleanly, and explains in one sentence why it cannot start."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from secrets import token_urlsafe

import httpx
import pytest

from tests.support.running.site import ROOT, Site, manage, running_site, shared_database_url
from tests.support.socket_client import NO_TLS
from wishlist_project.launch.listening import BACKLOG

pytestmark = pytest.mark.once

SOMAXCONN = Path("/proc/sys/net/core/somaxconn")


@pytest.fixture
def own_data(tmp_path: Path) -> dict[str, str]:
    """Return variables for a database and a folder that no other test uses."""
    return {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": "", "REDIS_URL": ""}


@pytest.mark.smoke
def test_second_start_of_the_demo_keeps_its_data(tmp_path: Path, own_data: dict[str, str]) -> None:
    """With either server, the printed links work, it stops cleanly, and the second start keeps the data of the first."""
    links = set()
    for server in ("daphne", "uvicorn"):
        log = tmp_path / server
        with running_site(log, arguments=["--demo"], variables=own_data | {"SERVER": server}) as site:
            assert httpx.get(f"{site.url}/health", timeout=60, verify=NO_TLS).json()["status"] == "ok"
            links.add(printed_link(site))
            try_printed_requests(site.output())
            assert backlog_of(site.port) == min(BACKLOG, int(SOMAXCONN.read_text()))
            assert site.stop(signal.SIGINT) == 0
        assert "Traceback" not in site.output()
        assert site.output().endswith("Stopped. Your data is kept.\n")
    assert len(links) == 1


def printed_link(site: Site) -> str:
    """Open the printed links, and return the token of the guests' one."""
    guest, bob, alice = re.findall(r"^  [123]  as .*?(http\S+)$", site.output(), re.MULTILINE)
    for address in (guest, bob, alice):
        assert httpx.get(address, follow_redirects=True, timeout=60, verify=NO_TLS).status_code == 200
    return str(guest.rpartition("/")[2])


def try_printed_requests(output: str) -> None:
    """Run each printed `curl` command in a shell."""
    commands = re.findall(r"^  curl (.*?[^\\])$", output, re.MULTILINE | re.DOTALL)
    assert len(commands) == 3
    for request in commands:
        done = subprocess.run(
            ["sh", "-c", f"curl --fail-with-body {request}"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{request}\n{done.stdout}"


def backlog_of(port: int) -> int:
    """Return the backlog in the kernel, which `ss` shows as the send queue of a listening socket."""
    listed = subprocess.run(["ss", "-ltnH", f"sport = :{port}"], capture_output=True, text=True, check=True)
    return int(listed.stdout.split()[2])


def test_sigterm_stops_cleanly(transactional_db: None, tmp_path: Path, own_data: dict[str, str]) -> None:
    """SIGTERM without the demo, as in a container, with a database that is already migrated."""
    migrated = own_data | {"DATABASE_URL": shared_database_url()}
    with running_site(tmp_path / "log", variables=migrated) as site:
        assert site.stop(signal.SIGTERM) == 0
        assert "as a guest" not in site.output()


@pytest.mark.smoke
def test_taken_port_is_one_sentence(own_data: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = manage("serve", "--demo", PORT=str(port), **own_data)
    assert done.returncode == 1
    assert done.stdout == ""
    error = f"CommandError: Port {port} on 127.0.0.1 is taken: stop what runs there, or choose another: "
    assert done.stderr == f"{error}make run PORT={port + 1}\n"
    assert not Path(own_data["DATA_DIR"], "wishlist.sqlite3").exists()


@pytest.mark.parametrize(
    ("variables", "error"),
    [
        ({"HOST": "no.such.host.invalid", "DEBUG": "1"}, "There is no address called 'no.such.host.invalid'"),
        ({"HOST": "203.0.113.7", "DEBUG": "1"}, "This machine has no address 203.0.113.7"),
        ({"PORT": "abc"}, "PORT must be a number, not 'abc'."),
        ({"PORT": "70000"}, "PORT must be a whole number from 1 to 65535, not 70000."),
        ({"SERVER": "gunicorn"}, "SERVER must be one of daphne, uvicorn, not 'gunicorn'."),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL must begin with postgres:// or sqlite:///."),
        ({"TRUSTED_PROXIES": "nginx"}, "TRUSTED_PROXIES must be addresses or networks such as 127.0.0.1"),
        ({"HOST": "0.0.0.0"}, "SECRET_KEY is not set."),  # noqa: S104 - only on loopback there is a default
    ],
)
def test_wrong_setting_is_one_sentence(
    own_data: dict[str, str], variables: dict[str, str], error: str
) -> None:
    done = manage("serve", **(own_data | variables))
    assert done.returncode == 1
    assert error in done.stderr
    assert len(done.stderr.splitlines()) == 1


GOOD = {name: token_urlsafe(50) for name in ("SECRET_KEY", "JWT_SECRET_KEY", "LINK_SECRET")}


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize(
    ("secret", "told"),
    [
        ("short", "must have at least 32 characters."),
        ("x" * 40, "repeats the same few characters."),
        (
            "development-only-not-a-secret-link-0123456789-abcdefghij",
            "is a default or comes from an example.",
        ),
    ],
)
def test_weak_secret_stops_a_start_for_others(
    own_data: dict[str, str], name: str, secret: str, told: str
) -> None:
    public = own_data | {"HOST": "0.0.0.0"} | GOOD  # noqa: S104 - on loopback there are defaults
    for variable in (name, f"{name}_FALLBACKS"):
        done = manage("serve", **(public | {variable: secret}))
        assert done.returncode == 1
        assert f"{variable} {told} Generate one:" in done.stderr
        assert secret not in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_missing_uvicorn_is_one_sentence(own_data: dict[str, str], tmp_path: Path) -> None:
    """A module `uvicorn` that cannot be imported comes first on the path."""
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError('No module', name='uvicorn')")
    done = manage("serve", SERVER="uvicorn", PYTHONPATH=str(tmp_path), **own_data)
    assert done.returncode == 1
    assert "uvicorn is not installed: pip install -r requirements-fast.txt" in done.stderr
    assert "Traceback" not in done.stderr


def test_runserver_refuses_debug_beyond_loopback(own_data: dict[str, str]) -> None:
    done = manage("runserver", "0.0.0.0:0", **own_data)
    assert done.returncode == 1
    assert "DEBUG is for loopback only, and 0.0.0.0 is not" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_debug_is_on_by_default_only_on_loopback(own_data: dict[str, str]) -> None:
    show = "from wishlist_project import settings as s; print(s.DEBUG, s.SITE_HOST in s.ALLOWED_HOSTS)"
    secrets = dict.fromkeys(("SECRET_KEY", "JWT_SECRET_KEY", "LINK_SECRET"), token_urlsafe(30))
    cases = {
        (): "True True",
        (("HOST", "0.0.0.0"),): "False True",  # noqa: S104
        (("SITE_URL", "https://wishes.example.org"),): "False True",
        (("HOST", "0.0.0.0"), ("DEBUG", "1")): "True True",  # noqa: S104
    }
    for chosen, expected in cases.items():
        env = os.environ | own_data | secrets | dict(chosen)
        done = subprocess.run(
            [sys.executable, "-c", show], cwd=ROOT, env=env, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected, chosen

"""Static files without DEBUG: `serve` collects them, a check reports missing ones, and no page fails without them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from secrets import token_urlsafe

import httpx
import pytest

from tests.support.running.site import ROOT, manage, running_site
from tests.support.socket_client import NO_TLS

pytestmark = pytest.mark.once

SECRETS = dict.fromkeys(("SECRET_KEY", "JWT_SECRET_KEY", "LINK_SECRET"), token_urlsafe(30))

PAGES = """
import django; django.setup()
from django.test import Client
from wishlist_project.static_files import are_collected
client = Client(headers={"host": "localhost"})
pages = [client.get(path) for path in ("/", "/login", "/docs", "/nothing", "/api/v1?format=api")]
print(are_collected(), *[page.status_code for page in pages], b'/static/css/app.css"' in pages[0].content)
"""


@pytest.fixture
def outside(tmp_path: Path) -> dict[str, str]:
    """Return variables for an empty folder, without DEBUG."""
    return {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": "", "REDIS_URL": "", "DEBUG": "0", **SECRETS}


def pages(variables: dict[str, str]) -> str:
    env = os.environ | variables | {"DJANGO_SETTINGS_MODULE": "wishlist_project.settings"}
    done = subprocess.run([sys.executable, "-c", PAGES], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_pages_work_without_static_files_and_the_check_reports_them(outside: dict[str, str]) -> None:
    manifest = Path(outside["DATA_DIR"], "static", "staticfiles.json")
    assert pages(outside) == "False 200 200 200 404 200 True"
    assert "wishlist.W002" in manage("check", "--deploy", **outside).stderr
    manifest.parent.mkdir(parents=True)
    manifest.write_text("{ not a manifest")
    assert pages(outside) == "False 200 200 200 404 200 True"


def test_serve_collects_missing_files(tmp_path: Path, outside: dict[str, str]) -> None:
    assert manage("migrate", "-v", "0", **outside).returncode == 0
    with running_site(tmp_path / "log", variables=outside) as site:
        page = httpx.get(site.url, verify=NO_TLS).text
        [hashed] = re.findall(r'href="(/static/css/app\.\w{12}\.css)"', page)
        assert httpx.get(site.url + hashed, verify=NO_TLS).status_code == 200
    assert "Static files are collected in" in site.output()
    assert pages(outside) == "True 200 200 200 404 200 False"
    Path(outside["DATA_DIR"], "static", "css", "app.css").write_text("/* of an earlier version */")
    assert pages(outside) == "False 200 200 200 404 200 False"


def test_unwritable_folder_is_one_sentence(tmp_path: Path, outside: dict[str, str]) -> None:
    (tmp_path / "static").write_text("a file")
    done = manage("serve", **outside, STATIC_ROOT=str(tmp_path / "static"))
    assert done.returncode == 1
    assert f"CommandError: STATIC_ROOT {tmp_path / 'static'} cannot be written" in done.stderr
    assert "Traceback" not in done.stderr

"""The commands in the README work as they are, with the demo."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.support.readme import README, block, in_five_requests
from tests.support.running.site import ROOT, Site, manage

pytestmark = pytest.mark.once


def test_five_requests_create_a_list_and_open_its_link(demo: Site) -> None:
    answers = in_five_requests(demo)
    opened, _ = json.JSONDecoder().raw_decode(answers[answers.index('{"wishlist"') :])
    assert opened["wishlist"]["title"] == "Housewarming"
    assert [(item["title"], item["price"]) for item in opened["items"]] == [("A kettle", 49.9)]


@pytest.mark.slow
def test_migrations_are_applied_and_rolled_back(tmp_path: Path) -> None:
    variables = {"DATA_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""}
    lines = re.findall(r"manage\.py (m\w+(?: \w+)*) +#", block("The plain Django way", "sh") + README)
    assert [line.split()[0] for line in lines] == ["makemigrations", "migrate", "migrate"]
    for line in lines:
        arguments = [*line.split(), "--check"] if line.startswith("make") else line.split()
        done = manage(*arguments, **variables)
        assert done.returncode == 0, done.stderr


def test_named_commands_and_pages_exist() -> None:
    named = set(re.findall(r"manage\.py (\w+)", README))
    assert named
    assert named <= set(get_commands())
    targets = set(re.findall(r"(?:^|`)(?:\w+=\S+ )?make (\w+)", README, re.MULTILINE))
    made = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets <= made
    linked = re.findall(r"\]\(((?!http)[^)#]+)\)", README)
    assert [path for path in linked if not (ROOT / path).exists()] == []


def test_tests_named_in_guarantees_exist() -> None:
    named = re.findall(r"`((?:\w+/)*tests/[\w/]*(?:\.py)?)`", (ROOT / "docs/guarantees.md").read_text())
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_required_python_is_the_locked_one() -> None:
    asked = re.search(r"Python (3\.\d+) or newer", README)
    assert asked is not None
    assert f'requires-python = ">={asked[1]}"' in (ROOT / "pyproject.toml").read_text()
    assert sys.version_info >= tuple(map(int, asked[1].split(".")))

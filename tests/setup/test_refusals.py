"""A wrong environment variable stops the start with one sentence that names it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from core import environment
from core.environment import Environment
from tests.support.running.site import manage

pytestmark = pytest.mark.once

Read = Callable[[Environment], Any]
READS: dict[str, Read] = {
    "text": lambda value: value.text("NAME", ""),
    "secrets": lambda value: value.secrets("NAME", ""),
    "database": lambda value: value.database("NAME", "sqlite:///x"),
    "redis": lambda value: value.redis("NAME", ""),
    "bool": lambda value: value.bool("NAME", True),
    "integer": lambda value: value.integer("NAME", 1, least=0, most=2),
    "words": lambda value: value.words("NAME", []),
    "networks": lambda value: value.networks("NAME", ""),
    "path": lambda value: value.path("NAME", Path()),
}


def reading(monkeypatch: pytest.MonkeyPatch, *files: Path, **variables: str) -> Environment:
    monkeypatch.setattr(environment._Variables, "ENVIRON", variables)
    return Environment(*files)


def refusal(read: Callable[[], Any]) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        read()
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("kind", READS)
@pytest.mark.parametrize("file", ["missing", "folder", "empty", "binary"])
@pytest.mark.smoke
def test_unreadable_file_is_named(
    kind: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    value = reading(monkeypatch, NAME_FILE=str(tmp_path / file), NAME="1")
    error = refusal(lambda: READS[kind](value))
    assert error.startswith(f"NAME_FILE names {tmp_path / file}, which ")


def test_value_is_read_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    value = reading(monkeypatch, NAME_FILE=str(tmp_path / "secret"), NAME="from the process", OTHER_FILE="")
    assert value.text("NAME", "") == "from the file"
    assert value.text("OTHER", "default") == "default"


@pytest.mark.parametrize(
    "line",
    [
        "DATABASE_URL postgres://x",
        "DATABASE_URL = postgres://x",
        "DATABASE_URL: x",
        "SECRET-KEY=x",
        "garbage",
    ],
)
def test_invalid_line_is_reported_with_its_number(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = tmp_path / ".env"
    env.write_text(f"# a comment\n\nHOST=127.0.0.1\n  # another\nexport PORT=1\n{line}\n")
    assert refusal(lambda: reading(monkeypatch, env)).startswith(f"Line 6 of {env} must be NAME=value")


def test_folder_in_place_of_the_file_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Docker creates a folder where a mounted file is missing."""
    assert refusal(lambda: reading(monkeypatch, tmp_path)) == f"{tmp_path} cannot be read: Is a directory."
    assert reading(monkeypatch, tmp_path / "none").text("HOST", "default") == "default"


def test_empty_variable_is_overridden_by_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = tmp_path / ".env"
    env.write_text("SECRET_KEY=from the file\nHOST=from the file\n")
    value = reading(monkeypatch, env, SECRET_KEY="", HOST="mine")
    assert (value.text("SECRET_KEY", ""), value.text("HOST", "")) == ("from the file", "mine")


@pytest.mark.parametrize(
    "text",
    [
        "postgres://u:secret@h:abc/x",
        "postgres://u:secret@h",
        "postgres://u:secret@h/",
        "postgres://u:secret@[/x",
    ],
)
def test_wrong_database_url_is_refused_without_its_password(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = refusal(lambda: reading(monkeypatch, DATABASE_URL=text).database("DATABASE_URL", ""))
    assert error.startswith("DATABASE_URL must be like postgres://")
    assert "secret" not in error


@pytest.mark.parametrize("text", ["http://x", "redis://h:abc/0", "redis://h:99999/0", "rediss://["])
def test_wrong_redis_url_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(lambda: reading(monkeypatch, REDIS_URL=text).redis("REDIS_URL", "")).startswith(
        "REDIS_URL must be"
    )


def test_folder_that_cannot_be_created_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        error = refusal(lambda folder=folder: reading(monkeypatch).folder("DATA_DIR", folder))  # type: ignore[misc]
        assert error.startswith(f"DATA_DIR {folder} cannot be made: ")


NOWHERE = "postgres://nobody:secret@127.0.0.1:1/none"


@pytest.mark.parametrize(
    ("command", "variables", "error"),
    [
        (
            "migrate",
            {"DATABASE_URL_FILE": "/no/such/file"},
            "DATABASE_URL_FILE names /no/such/file, which cannot be read",
        ),
        ("serve", {"DEBUG": "1", "HOST": "0.0.0.0"}, "DEBUG is for loopback only, and 0.0.0.0 is not"),  # noqa: S104
        (
            "serve",
            {"DEBUG": "1", "SITE_URL": "http://example.org"},
            "DEBUG is for loopback only, and example.org",
        ),
        (
            "migrate",
            {"DATABASE_URL": NOWHERE},
            "The database of DATABASE_URL cannot be used: connection failed",
        ),
        (
            "worker",
            {"DATABASE_URL": "sqlite:////no/such/folder/x"},
            "The database of DATABASE_URL cannot be used",
        ),
        (
            "serve",
            {"DATABASE_URL": "sqlite:////no/such/folder/x"},
            "The database of DATABASE_URL cannot be used",
        ),
        ("worker", {"DATA_DIR": "/dev/null/x"}, "DATA_DIR /dev/null/x cannot be made: Not a directory."),
    ],
)
def test_commands_stop_with_one_sentence(
    command: str, variables: dict[str, str], error: str, tmp_path: Path
) -> None:
    own = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": "", "REDIS_URL": ""}
    done = manage(command, **(own | variables))
    assert done.returncode == 1
    assert error in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "secret" not in done.stderr

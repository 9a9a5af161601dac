"""Where the tests' servers come from: a given address first, then a running server, then one that is started."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from tests.support import plugin
from tests.support.running import servers, services
from tests.support.running.servers import CannotStart, free_port, started_postgresql, started_redis
from tests.support.running.services import Service, Unavailable, postgresql, redis_server

pytestmark = pytest.mark.once

Found = Callable[[], AbstractContextManager[Service]]


@pytest.mark.parametrize("finder", [postgresql, redis_server])
def test_given_address_must_answer(finder: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fallback to another server would not test what was requested."""
    monkeypatch.setenv("TEST_DATABASE_URL", f"postgres://postgres@127.0.0.1:{free_port()}/postgres")
    monkeypatch.setenv("TEST_REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(Unavailable, match=r"\(from TEST_\w+\) does not answer: "), finder():
        pass


def test_started_postgresql_answers_and_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    with started(started_postgresql) as url:
        monkeypatch.setenv("TEST_DATABASE_URL", url)
        with postgresql() as service:
            assert service.title.startswith("PostgreSQL ")
            assert service.title.endswith(", from TEST_DATABASE_URL")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=1)


def test_started_redis_answers_and_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    with started(started_redis) as url:
        monkeypatch.setenv("TEST_REDIS_URL", url)
        with redis_server() as service:
            assert service.title.startswith("Redis ")
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(url).ping()


def test_missing_binary_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(servers, "in_wheel", lambda package, pattern: [])
    monkeypatch.setattr(services, "_asked", refuse)
    with pytest.raises(Unavailable, match=r"^Redis is not here: apt install redis-server$"), redis_server():
        pass


def test_server_that_ends_at_once_is_reported_with_the_reason(tmp_path: Path) -> None:
    process = servers.start(["sh", "-c", "echo no room for this; exit 3"], tmp_path, None)
    with (
        pytest.raises(CannotStart, match="ended at once: no room for this"),
        servers.running(process, tmp_path, hear_nothing),
    ):
        pass


def test_failed_start_leaves_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.raises(ZeroDivisionError), servers.temporary_folder(None):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
@pytest.mark.smoke
def test_unavailable_service_skips_or_fails_under_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="a thing that is not here"):
        plugin.unavailable("a thing that is not here")


@pytest.mark.smoke
def test_each_run_has_its_own_environment() -> None:
    assert Path(os.environ["DATA_DIR"]).parent == Path(os.environ[plugin.RUN])
    assert os.environ["CHANNEL_PREFIX"].startswith(Path(os.environ[plugin.RUN]).name)
    assert os.environ["ENV_FILE"] == os.devnull


@contextmanager
def started(start: Callable[[], AbstractContextManager[tuple[str, str]]]) -> Iterator[str]:
    """Yield the address of a started server, or skip the test with what is missing on this machine."""
    with ExitStack() as stack:
        try:
            url, _origin = stack.enter_context(start())
        except CannotStart as reason:
            plugin.unavailable(str(reason))
        yield url


def refuse(*_arguments: object) -> None:
    raise Unavailable("it does not answer")


def hear_nothing() -> None:
    raise ConnectionRefusedError

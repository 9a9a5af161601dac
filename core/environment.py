"""Read settings from environment variables and files: one method per type, and every error names the variable."""

from __future__ import annotations

import ipaddress
import os
import re
import zoneinfo
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from core.lazy_modules import later
from core.money.iso4217 import EXPONENTS
from core.weak_secrets import weakness

redis = later("redis")

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
_MAPPED_PREFIX = 96
_GENERATE = "Generate one: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
_ASSIGNMENT = re.compile(r"(?:export )?[A-Za-z_0-9]+=")


class _Variables(environ.Env):
    """django-environ with a copy of the environment, so that reading a file does not change `os.environ`."""

    ENVIRON: ClassVar[dict[str, str]] = dict(os.environ)


class Environment:
    """Variables of the process, then of files; the first value wins. `NAME_FILE` names a file that holds the value."""

    def __init__(self, *files: Path) -> None:
        self._variables = _Variables()
        for file in files:
            self.add_file(file)

    def add_file(self, file: Path) -> None:
        """Add the variables of `file`, if it exists. Variables that are already set, and not empty, keep their value.

        Raises ImproperlyConfigured for an unreadable file or line, which django-environ would ignore.
        """
        if not file.exists() or file == Path(os.devnull):
            return
        for number, line in enumerate(_content(str(file), str(file)).splitlines(), start=1):
            if line.strip() and not line.lstrip().startswith("#") and not _ASSIGNMENT.match(line):
                raise ImproperlyConfigured(
                    f"Line {number} of {file} must be NAME=value, without spaces around =."
                )
        for name in [name for name, text in self._variables.ENVIRON.items() if not text.strip()]:
            del self._variables.ENVIRON[name]
        self._variables.read_env(str(file), overwrite=False)

    def text(self, name: str, default: str) -> str:
        """Return the value of `name`. An empty value means the default: Docker Compose passes unset variables as empty."""
        if file := self._variables.ENVIRON.get(f"{name}_FILE", "").strip():
            text = _content(f"{name}_FILE", file).strip()
            if not text:
                raise ImproperlyConfigured(f"{name}_FILE names {file}, which is empty.")
            return text
        return str(self._variables.str(name, default="")).strip() or default

    def bool(self, name: str, default: bool) -> bool:
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }
        text = self.text(name, "").lower()
        if text and text not in words:
            raise ImproperlyConfigured(f"{name} must be true or false, not {text!r}.")
        return words[text] if text else default

    def integer(self, name: str, default: int, *, least: int, most: int) -> int:
        number = self.number(name, default, least=least)
        if number != int(number) or number > most:
            raise ImproperlyConfigured(
                f"{name} must be a whole number from {least} to {most}, not {number:g}."
            )
        return int(number)

    def number(self, name: str, default: float, *, least: float) -> float:
        text = self.text(name, "")
        try:
            number = float(text or default)
        except ValueError:
            raise ImproperlyConfigured(f"{name} must be a number, not {text!r}.") from None
        if not number >= least:
            raise ImproperlyConfigured(f"{name} must be at least {least}, not {number:g}.")
        return number

    def words(self, name: str, default: Sequence[str]) -> list[str]:
        """Return a list, separated by commas."""
        text = self.text(name, "")
        return [word.strip() for word in text.split(",") if word.strip()] if text else list(default)

    def choice(self, name: str, default: str, allowed: Sequence[str]) -> str:
        text = self.text(name, default)
        if text not in allowed:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {text!r}.")
        return text

    def path(self, name: str, default: Path) -> Path:
        return Path(self.text(name, "") or default).expanduser().absolute()

    def url(self, name: str, default: str) -> str:
        text = self.text(name, default).rstrip("/")
        try:
            parts = urlsplit(text)
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:  # brackets without an address, or an invalid port
            is_address = False
        if not is_address:
            raise ImproperlyConfigured(
                f"{name} must be an address such as https://wishes.example.org, not {text!r}."
            )
        return text

    def secrets(self, name: str, default: str) -> list[str]:
        """Return the secret that signs, followed by those of `<name>_FALLBACKS`, which only verify.

        There is a `default` on loopback only. Without one, weak secrets are refused: who guesses one can sign in as
        anybody. That is also true of a fallback.
        """
        secret = self.text(name, default)
        fallbacks = f"{name}_FALLBACKS"
        if not secret:
            raise ImproperlyConfigured(f"{name} is not set. {_GENERATE}")
        all_values = {name: [secret], fallbacks: self.words(fallbacks, [])}
        for variable, values in all_values.items():
            for weak in filter(None, map(weakness, values)):
                if not default:
                    raise ImproperlyConfigured(f"{variable} {weak}. {_GENERATE}")
        return [secret, *all_values[fallbacks]]

    def database(self, name: str, default: str) -> dict[str, Any]:
        text = self.text(name, "") or default
        if not text.startswith(("sqlite:///", "postgres://", "postgresql://")):
            raise ImproperlyConfigured(f"{name} must begin with postgres:// or sqlite:///.")
        try:
            found = dict(self._variables.db_url_config(text))
            readable = bool(found["NAME"]) and urlsplit(text).port != 0
        except (ValueError, KeyError):
            readable = False
        if not readable:
            # The value is not shown, because it contains a password.
            raise ImproperlyConfigured(
                f"{name} must be like postgres://user:password@host:5432/name, with special characters as %40 for @."
            )
        return found

    def redis(self, name: str, default: str) -> str:
        text = self.text(name, default)
        if text and not text.startswith(("redis://", "rediss://", "unix://")):
            raise ImproperlyConfigured(f"{name} must begin with redis://, rediss:// or unix://.")
        if not text:
            return ""
        try:
            redis.ConnectionPool.from_url(text)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} must be like redis://host:6379/0: {error}.") from None
        return text

    def folder(self, name: str, folder: Path) -> None:
        """Create `folder`, the value of `name`, if it is missing. Raises ImproperlyConfigured if it cannot be used."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ImproperlyConfigured(f"{name} {folder} cannot be made: {error.strerror}.") from None
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise ImproperlyConfigured(f"{name} {folder} must be a folder that this user may write.")

    def currency(self, name: str, default: str) -> str:
        text = self.text(name, default).upper()
        if text not in EXPONENTS:
            raise ImproperlyConfigured(f"{name} must be an ISO 4217 code such as EUR, not {text!r}.")
        return text

    def networks(self, name: str, default: str) -> list[IPNetwork]:
        """Return addresses and networks, separated by commas."""
        return [_network(name, word) for word in self.words(name, default.split())]

    def time_zone(self, name: str, default: str) -> str:
        text = self.text(name, default)
        try:
            zoneinfo.ZoneInfo(text)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            raise ImproperlyConfigured(
                f"{name} must be a time zone such as Europe/Berlin, not {text!r}."
            ) from None
        return text


def _network(name: str, word: str) -> IPNetwork:
    """Return the network. An IPv4-mapped IPv6 network becomes the IPv4 network, because addresses are compared in that form."""
    try:
        network = ipaddress.ip_network(word)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8, separated by commas: {error}."
        ) from None
    mapped = network.version == 6 and network.prefixlen >= _MAPPED_PREFIX and network[0].ipv4_mapped
    if mapped:
        network = ipaddress.ip_network((mapped, network.prefixlen - _MAPPED_PREFIX))
    if not network.prefixlen:
        raise ImproperlyConfigured(
            f"{name} must name certain addresses alone, and {word} is every address there is."
        )
    return network


def _content(name: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text in UTF-8"
        told = file if name == file else f"{name} names {file}, which"
        raise ImproperlyConfigured(f"{told} cannot be read: {why}.") from None

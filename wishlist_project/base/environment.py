"""Reading the environment: one method a type, and every error names the variable."""

from __future__ import annotations

import ipaddress
import os
import zoneinfo
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from wishlist_project.base.iso4217 import EXPONENTS

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
_MAPPED_PREFIX = 96


class _Variables(environ.FileAwareEnv):
    """django-environ over a copy, so that reading a file changes nobody else's process environment."""

    ENVIRON: ClassVar[dict[str, str]] = dict(os.environ)


class Environment:
    """Variables from the process, then from files, the first wins. `NAME_FILE` names a file that holds the value."""

    def __init__(self, *files: Path) -> None:
        self._variables = _Variables()
        for file in files:
            self.add_file(file)

    def add_file(self, file: Path) -> None:
        """Add what `file` sets, if it exists; what is set already stays. An empty value is none, and gives way."""
        if file.is_file():
            for name in [name for name, text in self._variables.ENVIRON.items() if not text.strip()]:
                del self._variables.ENVIRON[name]
            self._variables.read_env(str(file), overwrite=False)

    def text(self, name: str, default: str) -> str:
        """An empty value is no value: `NAME=` in a file, or from a composer that passes what is not set, means the default."""
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
        """A list, separated by commas."""
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
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ImproperlyConfigured(
                f"{name} must be an address such as https://wishes.example.org, not {text!r}."
            )
        return text

    def secrets(self, name: str, default: str) -> list[str]:
        """The secret that signs, then those of `<name>_FALLBACKS` that still verify."""
        secret = self.text(name, default)
        if not secret:
            raise ImproperlyConfigured(
                f"{name} is not set. Generate one: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
            )
        if len(secret) < 32 and not default:
            raise ImproperlyConfigured(f"{name} must have at least 32 characters.")
        return [secret, *self.words(f"{name}_FALLBACKS", [])]

    def database(self, name: str, default: str) -> dict[str, Any]:
        text = self.text(name, "") or default
        if not text.startswith(("sqlite:///", "postgres://", "postgresql://")):
            raise ImproperlyConfigured(f"{name} must begin with postgres:// or sqlite:///.")
        return dict(self._variables.db_url_config(text))

    def currency(self, name: str, default: str) -> str:
        text = self.text(name, default).upper()
        if text not in EXPONENTS:
            raise ImproperlyConfigured(f"{name} must be an ISO 4217 code such as EUR, not {text!r}.")
        return text

    def networks(self, name: str, default: str) -> list[IPNetwork]:
        """Addresses and networks, separated by commas."""
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
    """An IPv4-mapped network is the IPv4 network: addresses are compared in that form."""
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
            f"{name} must name your proxies alone, and {word} is every address there is."
        )
    return network

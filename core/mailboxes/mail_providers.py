"""Mail providers that deliver several spellings of an address to one mailbox, as their own help pages say.

If you add one, also add a migration that calls `fill_mailboxes` (accounts/migrations/0003_mailboxes.py) again, because
stored mailboxes were computed with the rules of their time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Provider:
    """A mail provider. With all providers `name+anything@` is delivered to `name@`."""

    domain: str
    also: tuple[str, ...] = ()
    """Other domains with the same mailboxes."""
    alike: Mapping[str, str] = field(default_factory=dict)
    """Characters of the name that are ignored, or equal to another."""
    names_in_domain: bool = False
    """Whether `anything@name.domain` is delivered to `name@domain`."""

    def name_of(self, typed: str) -> str:
        name = typed.partition("+")[0]
        return "".join(self.alike.get(character, character) for character in name) or typed


PROVIDERS = (
    Provider("gmail.com", also=("googlemail.com",), alike={".": ""}),
    Provider("proton.me", also=("protonmail.com", "protonmail.ch", "pm.me"), alike={".": "", "-": "", "_": ""}),
    Provider("icloud.com", also=("me.com", "mac.com")),
    Provider("yandex.ru", also=("ya.ru", "yandex.by", "yandex.com", "yandex.kz", "yandex.ua"), alike={"-": "."}),
    Provider("fastmail.com", names_in_domain=True),
    Provider("fastmail.fm", names_in_domain=True),
    *map(Provider, ("outlook.com", "outlook.de", "outlook.fr", "outlook.es", "hotmail.com", "hotmail.co.uk")),
    *map(Provider, ("hotmail.de", "hotmail.fr", "hotmail.it", "live.com", "live.de", "live.co.uk", "msn.com")),
    *map(Provider, ("mailbox.org", "posteo.de", "zoho.com", "zohomail.com", "hey.com", "mail.ru")),
)  # fmt: skip

BY_DOMAIN = {domain: provider for provider in PROVIDERS for domain in (provider.domain, *provider.also)}

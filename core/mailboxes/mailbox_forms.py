"""Canonical forms of e-mail addresses, for comparisons only. Mail is sent to an address as it was typed.

There are three forms, each coarser than the one before:

- `canonical_address`: spellings of one address (case, Unicode forms, a domain in Unicode or in punycode);
- `account_mailbox`: addresses that certainly reach the same mailbox (dots and plus signs, for providers that document
  it). Users are looked up by it, and it is unique: one account per mailbox;
- `canonical_mailbox`: addresses that probably reach the same mailbox (plus signs of any provider, domains as older
  software reads them). It decides whether a mail might reach somebody who must not read it, and limits mails per mailbox.
"""

from __future__ import annotations

import re
import unicodedata

import idna

from core.mailboxes.mail_providers import BY_DOMAIN
from core.text.invisible import IGNORABLE

MAX_MAILBOX = 512
"""Length of the columns. Longer mailboxes are cut; they belong to no real address, as a domain has at most 253 characters."""
_LONGEST_DOMAIN = 253
_LONGEST_TYPED = 1_024
_ESCAPED = re.compile(r"\\(.)")
_DEVIATIONS = str.maketrans({"ß": "ss", "ς": "σ", "\u200c": "", "\u200d": ""})
"""How IDNA 2003, and so older mail software, converts characters that IDNA 2008 keeps."""


def canonical_address(address: str) -> str:
    """Return the same text for all spellings of an address. For other texts the result equals no address."""
    name, at, domain = tidy_address(address).rpartition("@")
    return f"{_name(name)}{at}{ascii_domain(domain)}"[:MAX_MAILBOX]


def account_mailbox(address: str) -> str:
    """Return the same text for all addresses that certainly reach the same mailbox."""
    name, at, domain = canonical_address(address).rpartition("@")
    provider = BY_DOMAIN.get(domain)
    if provider:
        return f"{provider.name_of(name)}{at}{provider.domain}"
    owner, _, parent = domain.partition(".")
    host = BY_DOMAIN.get(parent)
    if host and host.names_in_domain and name:
        return f"{host.name_of(owner)}{at}{parent}"
    return f"{name}{at}{domain}"


def own_mailbox(address: str) -> str:
    """Return the mailbox of an account. A name with letters that look like ASCII differs from the one in ASCII.

    Such accounts were made before these names were refused. They keep working and do not block the plain address.
    """
    name, at, domain = tidy_address(address).rpartition("@")
    return account_mailbox(address) if name.isascii() else f"{name}{at}{ascii_domain(domain)}"[:MAX_MAILBOX]


def canonical_mailbox(address: str) -> str:
    """Return the same text for all addresses that probably reach the same mailbox."""
    name, at, domain = tidy_address(address).rpartition("@")
    name, at, domain = account_mailbox(f"{name}{at}{_older_domain(domain)}").rpartition("@")
    return f"{name.partition('+')[0] or name}{at}{domain}"


def tidy_address(address: str) -> str:
    """Return the typed address without invisible characters, which are often copied with it."""
    return IGNORABLE.sub("", address[:_LONGEST_TYPED]).strip()


def ascii_domain(domain: str) -> str:
    """Return the domain as DNS knows it, in lower case. Invalid domains are only lower-cased."""
    domain = domain.rstrip(".")
    if len(domain) > _LONGEST_DOMAIN:
        return domain.casefold()
    if domain.isascii() and "xn--" not in domain.lower():
        return domain.lower()
    try:
        labels = idna.uts46_remap(domain, std3_rules=False).rstrip(".").split(".")
    except UnicodeError:
        return domain.casefold()
    return ".".join(map(_ascii_label, labels))


def deliverable(address: str) -> str:
    """Return `address` for the header of a mail: as it was typed, but with the domain in ASCII, as mail servers need it.

    Django would encode it by IDNA 2003, which turns `straße.example` into `strasse.example`, the domain of somebody else.
    """
    name, at, domain = address.rpartition("@")
    return address if domain.isascii() else f"{name}{at}{ascii_domain(domain)}"


def _name(name: str) -> str:
    """Return the canonical form of the part before the @. Quotes are not part of it: `"jo"@` is `jo@`."""
    if len(name) > 2 and name[0] == name[-1] == '"':
        name = _ESCAPED.sub(r"\1", name[1:-1])
    return name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()


def _ascii_label(label: str) -> str:
    """Return the label in ASCII. Labels with symbols such as ❤ are accepted, although IDNA 2008 forbids them: they exist."""
    try:
        return idna.alabel(label).decode()
    except UnicodeError:
        return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"


def _older_domain(domain: str) -> str:
    labels = ascii_domain(domain).split(".")
    return ".".join(map(_unicode_label, labels)).translate(_DEVIATIONS)


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode().decode("punycode")
    except UnicodeError:
        return label

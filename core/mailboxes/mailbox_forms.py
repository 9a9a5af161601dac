"""The forms in which e-mail addresses are compared. Mail goes to an address as it was typed; nothing here is mailed.

Three forms, each coarser than the one before:

- `canonical_address`: spellings of one address (case, Unicode forms, a domain in Unicode or in punycode);
- `account_mailbox`: addresses that surely arrive in one mailbox (dots and plus of providers that say so). By it people
  are found, and it is unique: one mailbox, one person;
- `canonical_mailbox`: addresses that probably do, too (plus of any provider, domains as older software reads them). It
  answers whether a mail might reach somebody who must not read it, and bounds mail to one mailbox.
"""

from __future__ import annotations

import re
import unicodedata

import idna

from core.mailboxes.mail_providers import BY_DOMAIN
from core.text.invisible import IGNORABLE

MAX_MAILBOX = 512
"""Of the columns. A longer one is cut: a domain has 253 characters at most, so it belongs to no address."""
_LONGEST_DOMAIN = 253
_LONGEST_TYPED = 1_024
_ESCAPED = re.compile(r"\\(.)")
_DEVIATIONS = str.maketrans({"ß": "ss", "ς": "σ", "\u200c": "", "\u200d": ""})
"""What IDNA 2003, and so older mail software, makes of characters that IDNA 2008 keeps."""


def canonical_address(address: str) -> str:
    """One form for all spellings of an address. Of a text that is no address, too: then it equals no address."""
    name, at, domain = tidy_address(address).rpartition("@")
    return f"{_name(name)}{at}{ascii_domain(domain)}"[:MAX_MAILBOX]


def account_mailbox(address: str) -> str:
    """One form for all addresses that arrive in the same mailbox for sure."""
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
    """The mailbox that an account has. A name in letters that only look plain is another than the plain one.

    Such accounts are from before they were refused. They keep working, and never stand in the way of the real one.
    """
    name, at, domain = tidy_address(address).rpartition("@")
    return account_mailbox(address) if name.isascii() else f"{name}{at}{ascii_domain(domain)}"[:MAX_MAILBOX]


def canonical_mailbox(address: str) -> str:
    """One form for all addresses that probably arrive in the same mailbox."""
    name, at, domain = tidy_address(address).rpartition("@")
    name, at, domain = account_mailbox(f"{name}{at}{_older_domain(domain)}").rpartition("@")
    return f"{name.partition('+')[0] or name}{at}{domain}"


def tidy_address(address: str) -> str:
    """The typed address without what nobody sees: it came with it from where it was copied."""
    return IGNORABLE.sub("", address[:_LONGEST_TYPED]).strip()


def ascii_domain(domain: str) -> str:
    """The domain as the name system knows it, in lower case. What is no domain stays what it is."""
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
    """`address` for a mail's header: as it was typed, but for a domain in Unicode, which mail servers want in ASCII.

    Django would encode it by IDNA 2003, which takes `straße.example` for `strasse.example`: somebody else's.
    """
    name, at, domain = address.rpartition("@")
    return address if domain.isascii() else f"{name}{at}{ascii_domain(domain)}"


def _name(name: str) -> str:
    """Quotes are no part of a name: `"jo"@` is `jo@`."""
    if len(name) > 2 and name[0] == name[-1] == '"':
        name = _ESCAPED.sub(r"\1", name[1:-1])
    return name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()


def _ascii_label(label: str) -> str:
    """Lenient where IDNA 2008 is not: names with a sign such as ❤ exist, and are compared too."""
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

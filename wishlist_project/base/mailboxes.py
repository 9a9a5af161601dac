"""One spelling for each mailbox, for comparing. Mail goes to the address as it was typed."""

from __future__ import annotations


def canonical_mailbox(address: str) -> str:
    """`Anna+gifts@Example.org` arrives where `anna@example.org` does."""
    name, _, host = address.strip().casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{host}"

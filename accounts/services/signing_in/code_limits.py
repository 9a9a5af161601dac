"""Limits of one-time codes per network. They refuse, because they say nothing about any address."""

from __future__ import annotations

from core.limits.rate_limits import CODE_GUESSES_AN_ADDRESS, CODES_AN_ADDRESS, refuse_beyond


def limit_codes(network: str) -> None:
    if network:
        refuse_beyond(CODES_AN_ADDRESS, network)


def limit_guesses(network: str) -> None:
    if network:
        refuse_beyond(CODE_GUESSES_AN_ADDRESS, network)

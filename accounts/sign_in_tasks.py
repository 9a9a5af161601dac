"""Upkeep of signing in."""

from __future__ import annotations

from datetime import timedelta

from accounts.services.signing_in.one_time_codes import forget_codes
from accounts.services.signing_in.second_factors import encrypt_factors_anew
from core.jobs.schedule import every


@every(timedelta(hours=1), name="forget codes", is_upkeep=True)
def forget_old_codes() -> None:
    """Delete one-time codes that are long over."""
    forget_codes()


@every(timedelta(days=1), name="encrypt factors anew", is_upkeep=True)
def encrypt_factors() -> None:
    """Encrypt secrets of second factors with the newest key, a day after `SECRET_KEY` changed at the latest."""
    encrypt_factors_anew()

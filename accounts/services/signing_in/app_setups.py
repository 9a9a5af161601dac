"""Set up an authenticator app in two requests without a session. The secret is in a signed text that the client sends back.

start_setup(user) -> {secret, address, setup}
read_setup(user, setup) -> the secret; SetupOver
"""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter
from django.core import signing

from accounts.models import User
from accounts.refusals import AddressNotVerified, SetupOver
from accounts.services.signing_in.second_factors import new_app_secret

SECONDS = 600
_SALT = "accounts.app_setups"


def start_setup(user: User) -> dict[str, str]:
    if not user.address_counts:
        raise AddressNotVerified
    secret = new_app_secret()
    setup = signing.dumps([str(user.pk), secret], salt=_SALT)
    return {"secret": secret, "address": str(get_adapter().build_totp_url(user, secret)), "setup": setup}


def read_setup(user: User, setup: str) -> str:
    try:
        of, secret = signing.loads(setup, salt=_SALT, max_age=SECONDS)
    except signing.BadSignature as error:
        raise SetupOver from error
    if of != str(user.pk):
        raise SetupOver
    return str(secret)

"""Refusals of accounts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors.refusals import Refusal


class NotSignedIn(Refusal):
    """The credential is missing or not valid: 401, with the challenge that HTTP requires."""

    status_code = 401
    default_code = "not_authenticated"
    default_detail = _("You are not logged in, or your session has ended. Log in again.")
    auth_header = 'Bearer realm="api"'


class WrongCredentials(NotSignedIn):
    """The same for an unknown address and for a wrong password, so that it does not reveal who has an account."""

    default_code = "wrong_credentials"
    default_detail = _("The e-mail address or the password is wrong.")


class SecondFactorRequired(NotSignedIn):
    """The password or code is right, but the account has a second factor. Only shown to somebody who knows the first."""

    default_code = "second_factor_required"
    default_detail = _(
        "This account needs a second factor. Send the same request again with second_factor: the six digits "
        "from the authenticator app, or a recovery code."
    )


class WrongSecondFactor(NotSignedIn):
    default_code = "wrong_second_factor"
    default_detail = _(
        "This code isn't right, or it was used before. Wait for the next one, or use a recovery code."
    )


class RefreshRefused(NotSignedIn):
    """The refresh token was used before, has expired, is not ours, or its session has ended."""

    default_code = "refresh_refused"
    default_detail = _("This session can't be renewed. Log in again.")


class WrongPassword(Refusal):
    """The current password was asked for again, and is wrong."""

    status_code = 400
    default_code = "wrong_password"
    default_detail = _("This isn't your current password.")


class ScopeMissing(Refusal):
    """A personal API token does not have the scope, or one of the scopes, that this needs."""

    status_code = 403
    default_code = "scope_missing"

    def __init__(self, *scopes: str) -> None:
        names = _(" or ").join(f"“{scope}”" for scope in scopes)
        super().__init__(_("This API token needs the scope %(scopes)s for that.") % {"scopes": names})


class LogInOnly(Refusal):
    """No scope allows this: passwords, addresses, sessions and API tokens belong to people who log in."""

    status_code = 403
    default_code = "log_in_only"
    default_detail = _("API tokens can't do this, whatever their scopes. Log in instead.")


class TooManyTokens(Refusal):
    default_code = "too_many_tokens"
    default_detail = _("You have as many API tokens as one account can have. Revoke one that you don't use.")


class HandleTaken(Refusal):
    default_code = "handle_taken"
    default_detail = _("Somebody already logs in with this name. Choose another one.")


class NoAddress(Refusal):
    default_code = "no_address"
    default_detail = _(
        "This person has no e-mail address, so no link can be sent. A new password can be set on the server: "
        "manage.py changepassword."
    )


class EmailTaken(Refusal):
    default_code = "email_taken"
    default_detail = _("There is already an account with this e-mail address. Log in instead.")


class LinkOver(Refusal):
    """A mailed link was used or ended, is too old, or does not exist."""

    status_code = 410
    default_code = "link_over"
    default_detail = _("This link no longer works. Ask for a new one.")


class WrongCode(Refusal):
    """The same for an address without an account, so that it does not reveal who has one."""

    status_code = 400
    default_code = "wrong_code"
    default_detail = _("This isn't the code we sent. Check the latest e-mail.")


class CodeExpired(Refusal):
    """The code was tried too often, is too old, was used, or was never sent."""

    status_code = 410
    default_code = "code_expired"
    default_detail = _("This code has expired. Ask for a new one.")


class WrongAppCode(Refusal):
    status_code = 400
    default_code = "wrong_code"
    default_detail = _("This isn't the code that the app shows now. Check the clock of your phone.")


class SetupOver(Refusal):
    status_code = 410
    default_code = "setup_over"
    default_detail = _("This took too long. Begin to set up the app again.")


class WrongPasskey(Refusal):
    status_code = 400
    default_code = "wrong_passkey"
    default_detail = _("The passkey couldn't be checked. Try again.")


class AddressNotVerified(Refusal):
    """Somebody else could have made the account with this address, and would keep a way in."""

    status_code = 403
    default_code = "address_not_verified"
    default_detail = _("Verify your e-mail address first.")


class ProviderRefused(Refusal):
    """The provider refused, somebody cancelled, or the answer is not one to this browser's question."""

    status_code = 400
    default_code = "provider_refused"
    default_detail = _("Logging in there didn't work. Try again.")


class ProviderDown(Refusal):
    status_code = 503
    default_code = "provider_down"
    default_detail = _(
        "The other site doesn't answer right now. Try again in a minute, or log in another way."
    )
    wait = 30


class ProviderAddressUnverified(Refusal):
    status_code = 403
    default_code = "provider_address_unverified"
    default_detail = _("The other site doesn't say that your e-mail address is verified. Log in another way.")


class ProviderAddressTaken(Refusal):
    """Somebody has an account with this address, and never proved that it is theirs."""

    default_code = "provider_address_taken"
    default_detail = _(
        "There is already an account with this e-mail address. Log in with your password, or set a new one by "
        "e-mail. Then connect the other site on your account page."
    )


class ConnectedToAnother(Refusal):
    default_code = "connected_to_another"
    default_detail = _("This is connected to another account.")


class LastWayIn(Refusal):
    default_code = "last_way_in"
    default_detail = _("You couldn't log in any more. Set a password by e-mail first.")


class AddressUnsettled(Refusal):
    """Staff changed the address recently. Otherwise they could have a password link sent to themselves."""

    default_code = "address_unsettled"
    default_detail = _(
        "Staff changed the e-mail address of this account less than 7 days ago. You can send a password "
        "link after 7 days, so that the owner of the old address has time to object."
    )


class NoAccount(Refusal):
    default_code = "no_account"
    default_detail = _("This account is closed.")


class TooBusy(Refusal):
    """Too many log-ins at once for this machine."""

    status_code = 503
    default_code = "too_busy"
    default_detail = _("Too many people are logging in right now. Try again in a few seconds.")
    wait = 3


class BadKey(Refusal):
    status_code = 400
    default_code = "bad_idempotency_key"
    default_detail = _(
        "Idempotency-Key must be 1 to 255 visible ASCII characters, for example a random UUID."
    )


class KeyReused(Refusal):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = _(
        "This Idempotency-Key was already used for a different request. Use a new key for each request."
    )

"""The input of the views behind a link, and their output for the OpenAPI document.

The output itself is built by sharing/projections/links.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers import DisplayNameField, PersonSerializer
from accounts.models import GroupMember
from accounts.names import tidy_name
from core.api.unknown_fields import KnownFieldsSerializer
from core.mailboxes.address_fields import AddressField
from core.text.text_fields import LineField, RawTextField
from sharing.access.invitation_tokens import MAX_TYPED_TOKEN, Kind
from sharing.models import Suggestion
from wishlists.api.serializers.fields import InputSerializer, OptionalText, OptionalToken, WebAddress
from wishlists.api.serializers.items import ItemSerializer
from wishlists.api.serializers.messages import MessageInputSerializer, MessageSerializer
from wishlists.api.serializers.money import (
    ContributionChangeSerializer,
    ContributionInputSerializer,
    ContributionsSerializer,
)
from wishlists.api.serializers.people import SHARED_ROLES
from wishlists.api.serializers.reservations import ReservationInputSerializer
from wishlists.api.serializers.waitlist import PlaceSerializer
from wishlists.api.serializers.wishlists import WishlistSerializer
from wishlists.bounds import MAX_MESSAGE
from wishlists.services.status import STATUSES

MAX_VIEWS = 2**31 - 1


def validate_future(moment: datetime | None) -> None:
    """Refuse a link that has already ended. People who open it would be told the wrong reason."""
    if moment is not None and moment <= timezone.now():
        raise serializers.ValidationError(_("Choose a time in the future."), code="in_the_past")


class LimitsSerializer(KnownFieldsSerializer):
    """Limits of a link. Absent limits stay the same, null removes a limit."""

    expires_at = serializers.DateTimeField(required=False, allow_null=True, validators=[validate_future])
    max_views = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MAX_VIEWS)


class PublicLinkSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    wishlist_id = serializers.UUIDField()
    token = serializers.CharField()
    expires_at = serializers.DateTimeField(allow_null=True)
    max_views = serializers.IntegerField(allow_null=True)
    view_count = serializers.IntegerField(
        help_text=_("How often a limited link was opened. 0 for links without a limit.")
    )
    created_at = serializers.DateTimeField()


class SuggestSerializer(InputSerializer):
    emptied = {"link_url": "", "message": ""}

    title = LineField(max_length=512)
    link_url = WebAddress()
    message = OptionalText(max_length=MAX_MESSAGE)


class SuggestionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    wishlist_id = serializers.UUIDField()
    suggested_by_id = serializers.UUIDField(allow_null=True)
    title = serializers.CharField()
    link_url = serializers.CharField(allow_null=True)
    message = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(Suggestion.Status.choices)
    created_at = serializers.DateTimeField()


class GuestSerializer(InputSerializer):
    """Who a guest is: a known guest sends their manage token, a new one gives a name."""

    emptied = {"guest_name": "", "guest_email": "", "manage_token": ""}

    guest_name = DisplayNameField(help_text=_("Other people see this name."))
    guest_email = AddressField(required=False, allow_null=True, allow_blank=True)
    manage_token = OptionalToken(help_text=_("Accepted instead of the header X-Manage-Token."))

    def validate_guest_name(self, name: str | None) -> str:
        return tidy_name(name or "")


class GuestStatusSerializer(GuestSerializer):
    emptied = GuestSerializer.emptied | {"reservation_message": ""}

    reservation_status = serializers.ChoiceField(STATUSES)
    reservation_message = OptionalText(max_length=MAX_MESSAGE)


class GuestContributionSerializer(GuestSerializer, ContributionInputSerializer):
    """A contribution of a user or a guest."""

    # After validation the amount is in `amount_minor`, as in ContributionInputSerializer.

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return attrs | super().validate(attrs)


class GuestMessageSerializer(GuestSerializer, MessageInputSerializer):
    """A question from a user or a guest."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return attrs | MessageInputSerializer.validate(self, attrs)


class GuestSaidSerializer(MessageSerializer):
    manage_token = serializers.CharField(
        required=False, help_text=_("For guests: send it with later requests.")
    )


class GuestContributionChangeSerializer(ContributionChangeSerializer):
    """A contribution of a guest, whose manage token may be sent as a field."""

    emptied = {"manage_token": ""}

    manage_token = OptionalToken(help_text=_("Accepted instead of the header X-Manage-Token."))


class GuestContributionsSerializer(ContributionsSerializer):
    manage_token = serializers.CharField(
        required=False, help_text=_("For guests: send it with later requests.")
    )


class GuestReservationSerializer(ReservationInputSerializer):
    emptied = ReservationInputSerializer.emptied | {"manage_token": ""}

    manage_token = OptionalToken(help_text=_("Accepted instead of the header X-Manage-Token."))


class LetterSerializer(InputSerializer):
    emptied = {"guest_email": "", "manage_token": ""}

    guest_email = AddressField(
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text=_("For guests who haven't given one yet."),
    )
    manage_token = OptionalToken(help_text=_("Accepted instead of the header X-Manage-Token."))


class GuestNameSerializer(InputSerializer):
    emptied = {"manage_token": ""}

    guest_name = DisplayNameField(
        required=True, allow_null=False, allow_blank=False, help_text=_("Other people see this name.")
    )
    manage_token = OptionalToken(help_text=_("Accepted instead of the header X-Manage-Token."))

    def validate_guest_name(self, name: str) -> str:
        if not (tidied := tidy_name(name)):
            raise serializers.ValidationError(
                _("Enter a name so that others know who you are."), code="blank"
            )
        return tidied


class TakeOverSerializer(InputSerializer):
    emptied = {"manage_token": ""}

    manage_token = OptionalToken(help_text=_("Accepted instead of the header X-Manage-Token."))


class TakenOverSerializer(serializers.Serializer[Any]):
    """How many reservations and contributions were moved to the account, and how many stay with the guest."""

    reservations = serializers.IntegerField()
    contributions = serializers.IntegerField()
    places = serializers.IntegerField()
    left = serializers.IntegerField()


class CodeSerializer(InputSerializer):
    emptied = {"manage_token": ""}

    code = RawTextField(max_length=20, help_text=_("The six digits from the latest e-mail."))
    manage_token = OptionalToken(help_text=_("Accepted instead of the header X-Manage-Token."))

    def validate_code(self, code: str) -> str:
        """Remove spaces. People type them to read the digits more easily."""
        return "".join(code.split())


class GuestAnswerSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    confirmed_at = serializers.DateTimeField(allow_null=True)


class NewGuestSerializer(GuestSerializer):
    """The name of a new guest."""

    guest_name = DisplayNameField(help_text=_("Other people see this name."), required=True)
    manage_token = None  # type: ignore[assignment]  # DRF's way to remove an inherited field
    emptied = {"guest_email": ""}


class NewGuestAnswerSerializer(GuestAnswerSerializer):
    manage_token = serializers.CharField(
        required=False, help_text=_("For guests: send it with later requests.")
    )


class GuestItemSerializer(ItemSerializer):
    manage_token = serializers.CharField(
        required=False, help_text=_("For guests: send it with later requests.")
    )


class GuestPlaceSerializer(PlaceSerializer):
    manage_token = serializers.CharField(
        required=False, help_text=_("For guests: send it with later requests.")
    )


class OpenedSerializer(serializers.Serializer[Any]):
    wishlist = WishlistSerializer()
    items = ItemSerializer(many=True)
    opening = serializers.CharField(
        required=False,
        help_text=_(
            "For limited links: send it when you read events. Then that doesn't count as another opening."
        ),
    )


class InviteSerializer(KnownFieldsSerializer):
    email = AddressField()
    role = serializers.ChoiceField(SHARED_ROLES)
    is_recipient = serializers.BooleanField(
        required=False, default=False, help_text=_("They become a recipient when they accept.")
    )


class InviteToGroupSerializer(KnownFieldsSerializer):
    email = AddressField()
    role = serializers.ChoiceField(GroupMember.Role.choices, default=GroupMember.Role.MEMBER)


class InvitedSerializer(serializers.Serializer[Any]):
    """What was sent. The same for every address, whether or not it has an account."""

    email = serializers.EmailField()
    role = serializers.CharField()
    expires_at = serializers.DateTimeField()


class InvitationSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField([(kind.value, kind.value) for kind in Kind])
    title = serializers.CharField()
    role = serializers.CharField()
    is_recipient = serializers.BooleanField()
    inviter = PersonSerializer()
    expires_at = serializers.DateTimeField()


class InvitationTokenSerializer(KnownFieldsSerializer):
    token = RawTextField(max_length=MAX_TYPED_TOKEN)


class JoinedListSerializer(serializers.Serializer[Any]):
    wishlist_id = serializers.UUIDField()
    role = serializers.CharField()


class JoinedGroupSerializer(serializers.Serializer[Any]):
    group_id = serializers.UUIDField()
    role = serializers.CharField()

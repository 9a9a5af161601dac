"""The OpenAPI document describes exactly the fields that projections declare."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.serializers import Serializer

import wishlist_project.urls  # noqa: F401  # with all that answers are made of
from accounts.api.factor_serializers import FactorsSerializer, PasskeySerializer
from accounts.api.groups.serializers import GroupMemberSerializer, GroupSerializer
from accounts.api.serializers import NotificationSerializer, PersonSerializer, UserSelfSerializer
from accounts.api.session_serializers import ApiTokenSerializer, NewApiTokenSerializer, SessionSerializer
from accounts.api.tenant_serializers import ManagedUserSerializer, NewTenantSerializer, TenantSerializer
from core.projections.fields import Projection
from exchanges.api.serializers import (
    DrawnRecipientSerializer,
    ExchangeSerializer,
    ExclusionSerializer,
    InvitationToExchangeSerializer,
    NewParticipantSerializer,
    ParticipantSerializer,
    PrivateLinkSerializer,
)
from moderation.api.serializers import (
    AccountSerializer,
    ModeratedListSerializer,
    OpenedContributionSerializer,
    OpenedGiverSerializer,
    OpenedGivingSerializer,
    OpenedMessageSerializer,
    OpenedReservationSerializer,
    ReportedSerializer,
    ReportSerializer,
)
from notices.api.serializers import (
    FeedLinkSerializer,
    NewFeedLinkSerializer,
    NotificationChoiceSerializer,
    PushKeySerializer,
    PushSubscriptionSerializer,
)
from people.api.serializers import KnownPersonSerializer
from realtime.reference.dictionary import ToldWishlistSerializer
from sharing.api.serializers import (
    GuestAnswerSerializer,
    InvitationSerializer,
    InvitedSerializer,
    JoinedGroupSerializer,
    JoinedListSerializer,
    OpenedSerializer,
    PublicLinkSerializer,
    SuggestionSerializer,
    TakenOverSerializer,
)
from webhooks.api.serializers import NewWebhookSerializer, WebhookDeliverySerializer, WebhookSerializer
from wishlists.api.serializers.budgets import BudgetSerializer, SpendingSerializer
from wishlists.api.serializers.gifts import (
    GiftsSerializer,
    GivenContributionSerializer,
    GivenReservationSerializer,
    ThanksSerializer,
)
from wishlists.api.serializers.items import ItemSerializer
from wishlists.api.serializers.messages import MessageSerializer, ToldMessageSerializer
from wishlists.api.serializers.money import (
    CollectionSerializer,
    ContributionSerializer,
    ContributionsSerializer,
    OwnContributionSerializer,
    ToldCollectionSerializer,
    ToldPotSerializer,
)
from wishlists.api.serializers.people import (
    GroupShareSerializer,
    MemberSerializer,
    RecipientsSerializer,
    ShareSerializer,
    WhoSeesSerializer,
)
from wishlists.api.serializers.reservations import ReservationSerializer
from wishlists.api.serializers.waitlist import PlaceSerializer
from wishlists.api.serializers.wishlists import (
    ActivitySerializer,
    CountedWishlistSerializer,
    DeleteImpactSerializer,
    WishlistSerializer,
)

DOCUMENTED: dict[str, type[Serializer[Any]]] = {
    "account": AccountSerializer,
    "moderated list": ModeratedListSerializer,
    "opened contribution": OpenedContributionSerializer,
    "opened giver": OpenedGiverSerializer,
    "opened giving": OpenedGivingSerializer,
    "opened message": OpenedMessageSerializer,
    "opened reservation": OpenedReservationSerializer,
    "report": ReportSerializer,
    "reported": ReportedSerializer,
    "API token": ApiTokenSerializer,
    "new API token": NewApiTokenSerializer,
    "session": SessionSerializer,
    "budget": BudgetSerializer,
    "collection": ToldCollectionSerializer,
    "collection to an asker": CollectionSerializer,
    "contribution": ContributionSerializer,
    "contributions": ContributionsSerializer,
    "counted wishlist": CountedWishlistSerializer,
    "delete impact": DeleteImpactSerializer,
    "given contribution": GivenContributionSerializer,
    "given reservation": GivenReservationSerializer,
    "giver": GiftsSerializer,
    "identified": GuestAnswerSerializer,
    "invitation": InvitationSerializer,
    "invited": InvitedSerializer,
    "item": ItemSerializer,
    "drawn recipient": DrawnRecipientSerializer,
    "exchange": ExchangeSerializer,
    "exchange to join": InvitationToExchangeSerializer,
    "exclusion": ExclusionSerializer,
    "known person": KnownPersonSerializer,
    "new participant": NewParticipantSerializer,
    "participant": ParticipantSerializer,
    "private link": PrivateLinkSerializer,
    "joined group": JoinedGroupSerializer,
    "joined list": JoinedListSerializer,
    "link": PublicLinkSerializer,
    "logged": ActivitySerializer,
    "group": GroupSerializer,
    "group member": GroupMemberSerializer,
    "group share": GroupShareSerializer,
    "managed user": ManagedUserSerializer,
    "member": MemberSerializer,
    "message": ToldMessageSerializer,
    "message to an asker": MessageSerializer,
    "new tenant": NewTenantSerializer,
    "feed link": FeedLinkSerializer,
    "new feed link": NewFeedLinkSerializer,
    "notification": NotificationSerializer,
    "notification choice": NotificationChoiceSerializer,
    "push key": PushKeySerializer,
    "webhook": WebhookSerializer,
    "new webhook": NewWebhookSerializer,
    "webhook delivery": WebhookDeliverySerializer,
    "push subscription": PushSubscriptionSerializer,
    "oneself": UserSelfSerializer,
    "opened": OpenedSerializer,
    "other spending": SpendingSerializer,
    "own contribution": OwnContributionSerializer,
    "passkey": PasskeySerializer,
    "person": PersonSerializer,
    "place": PlaceSerializer,
    "pot": ToldPotSerializer,
    "recipients": RecipientsSerializer,
    "reservation": ReservationSerializer,
    "second factors": FactorsSerializer,
    "share": ShareSerializer,
    "suggestion": SuggestionSerializer,
    "taken over": TakenOverSerializer,
    "tenant": TenantSerializer,
    "thanked giver": ThanksSerializer,
    "who sees": WhoSeesSerializer,
    "wishlist": ToldWishlistSerializer,
    "wishlist of an asker": WishlistSerializer,
}
UNDOCUMENTED = {
    "logged in words": "columns of a file",
    "manage token": "beside the answers of what guests do",
    "opening": "beside what a limited link opens",
}


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_response_has_the_fields_of_its_projection(name: str) -> None:
    documented = {field for field, one in DOCUMENTED[name]().fields.items() if one.required or one.allow_null}
    assert documented == set(Projection.all[name].names)


def test_every_projection_is_documented() -> None:
    assert set(Projection.all) == {*DOCUMENTED, *UNDOCUMENTED}

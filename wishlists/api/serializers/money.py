"""Serializers of contributions and collections."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from core.money.money_fields import CurrencyField, MoneyField, validate_money
from wishlists.api.serializers.fields import InputSerializer, OptionalText
from wishlists.api.serializers.items import ItemSerializer
from wishlists.api.serializers.reservations import OccasionSerializer
from wishlists.bounds import MAX_MESSAGE
from wishlists.models import Contribution

_NO_AMOUNT = _("Send an amount, or rest: true to give the remaining amount.")
_BOTH = _("Send either an amount or rest: true.")


class ContributionChangeSerializer(InputSerializer):
    """What to change about a contribution."""

    # After validation, the amount is `amount_minor`, in the minor unit of `currency`. `rest` means the remaining
    # amount.

    amount = MoneyField(above_zero=True, required=False, allow_null=True)
    rest = serializers.BooleanField(
        required=False,
        allow_null=True,
        help_text=_("Instead of an amount: everything that is missing to the target."),
    )
    status = serializers.ChoiceField(Contribution.Status.choices, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("rest") and "amount" in attrs:
            raise serializers.ValidationError({"amount": [_BOTH]}, code="amount_or_rest")
        given = validate_money(attrs, "amount", "currency", self.context["currency"])
        shown = {name: given[name] for name in ("rest", "status") if name in given}
        return shown | ({"amount_minor": given["amount"]} if "amount" in given else {})


class ContributionInputSerializer(ContributionChangeSerializer):
    """A contribution: an amount, or the rest."""

    # After validation, `amount_minor` is None for the remaining amount. Then `currency` is empty if the client gave
    # none: the money is in the currency in which it is counted.

    currency = CurrencyField(required=False, allow_null=True, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        rest = bool(attrs.get("rest"))
        currency = attrs.get("currency") or ("" if rest else self.context["currency"])
        given = super().validate(attrs)
        if not rest and "amount_minor" not in given:
            raise serializers.ValidationError({"amount": [ErrorDetail(str(_NO_AMOUNT), "required")]})
        status = given.get("status", Contribution.Status.PLEDGED)
        return {"amount_minor": given.get("amount_minor"), "status": status, "currency": currency}


class ContributionSerializer(serializers.Serializer):
    id = serializers.UUIDField(
        allow_null=True, help_text=_("Only for your own contributions; null for others.")
    )
    amount = MoneyField()
    currency = CurrencyField()
    status = serializers.ChoiceField(Contribution.Status.choices)
    display_name = serializers.CharField(allow_null=True)
    is_me = serializers.BooleanField()


@extend_schema_serializer(many=False)  # although the view calls it a list
class ContributionsSerializer(serializers.Serializer):
    total = MoneyField()
    total_pledged = MoneyField()
    total_paid = MoneyField()
    contributions = ContributionSerializer(many=True)


class ToldPotSerializer(serializers.Serializer[Any]):
    """The total of the group pot."""

    total = MoneyField()
    total_pledged = MoneyField()
    total_paid = MoneyField()
    currency = CurrencyField()


class OwnContributionSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    wishlist_id = serializers.UUIDField()
    wishlist_title = serializers.CharField(
        allow_null=True,
        help_text=_("null, like `item`, if you lost access and nothing was stored for you"),
    )
    occasion = OccasionSerializer()
    item_id = serializers.UUIDField(allow_null=True, help_text=_("null: for the whole list"))
    item = ItemSerializer(allow_null=True)
    amount = MoneyField()
    currency = CurrencyField()
    status = serializers.ChoiceField(Contribution.Status.choices)
    is_snapshot = serializers.BooleanField(
        help_text=_(
            "You are no longer on the list, or you became a recipient. `item` and `occasion` show what "
            "you could see before."
        )
    )
    withdrawn = serializers.BooleanField(help_text=_("The item or its list was removed."))
    created_at = serializers.DateTimeField()


def validate_to_come(moment: datetime | None) -> None:
    if moment is not None and moment <= timezone.now():
        raise serializers.ValidationError(_("Choose a time in the future."), code="in_the_past")


class CollectionChangeSerializer(InputSerializer):
    """What to change about a group gift."""

    # After validation, the target is `target_minor`, in the minor unit of the collection's currency.

    emptied = {"target": None, "deadline_at": None, "note": ""}

    target = MoneyField(above_zero=True, required=False, allow_null=True)
    deadline_at = serializers.DateTimeField(required=False, allow_null=True, validators=[validate_to_come])
    note = OptionalText(max_length=MAX_MESSAGE)
    organiser_id = serializers.UUIDField(
        required=False, allow_null=True, help_text=_("The new organiser, a giver of the list.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        validate_money(attrs, "target", "currency", self.context["currency"])
        attrs.pop("currency", None)
        return attrs | ({"target_minor": attrs.pop("target")} if "target" in attrs else {})


class CollectionInputSerializer(CollectionChangeSerializer):
    organiser_id = None  # type: ignore[assignment]  # how DRF leaves out what is inherited

    item_id = serializers.UUIDField(required=False, allow_null=True, help_text=_("null: for the whole list"))
    currency = CurrencyField(required=False, allow_null=True, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        currency = attrs.get("currency") or self.context["currency"]
        return super().validate(attrs) | {"currency": currency}


class ToldCollectionSerializer(serializers.Serializer[Any]):
    """A group gift. The public doesn't get the organiser or the note."""

    id = serializers.UUIDField()
    wishlist_id = serializers.UUIDField()
    item_id = serializers.UUIDField(allow_null=True, help_text=_("null: for the whole list"))
    organiser_id = serializers.UUIDField(allow_null=True)
    organiser_name = serializers.CharField(allow_null=True)
    target = MoneyField(allow_null=True)
    total = MoneyField()
    remaining = MoneyField(allow_null=True, help_text=_("null: no target"))
    currency = CurrencyField()
    note = serializers.CharField(allow_null=True)
    deadline_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField(allow_null=True)


class CollectionSerializer(ToldCollectionSerializer):
    is_me = serializers.BooleanField()

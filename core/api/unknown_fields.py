"""Refuse input that has only unknown fields: an answer of 200 would mean that something was done.

Unknown fields next to known ones are ignored, because clients send whole objects back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty

from core.errors.refusals import Refusal

_TOLD_NAMES = 10
_TOLD_LENGTH = 60
_NOT_FIELDS = {"csrfmiddlewaretoken"}
"""Names that forms send in addition to their fields."""


class UnknownField(Refusal):
    status_code = 400
    default_code = "unknown_field"


class KnownFieldsSerializer(serializers.Serializer[Any]):
    """The base class of every serializer that reads the body of a request."""

    def run_validation(self, data: Any = empty) -> Any:
        if self.root is self and isinstance(data, Mapping):
            _refuse_unknown(data, [name for name, field in self.fields.items() if not field.read_only])
        return super().run_validation(data)


def _refuse_unknown(data: Mapping[str, Any], known: list[str]) -> None:
    sent = [name for name in data if name not in _NOT_FIELDS]
    if not sent or any(name in known for name in sent):
        return
    told = [name[:_TOLD_LENGTH] for name in sent[:_TOLD_NAMES]]
    raise UnknownField(
        _("These fields can't be set here: %(sent)s. You can set: %(known)s.")
        % {"sent": ", ".join(told), "known": ", ".join(known)},
        errors=[
            {
                "pointer": f"/{_escaped(name)}",
                "code": "unknown_field",
                "detail": str(_("This field doesn't exist.")),
            }
            for name in told
        ],
    )


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")

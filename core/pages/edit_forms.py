"""Forms that edit a row: they send the values from when the page was opened, and write only edited fields (docs/forms.md).

Next to each field is a hidden copy of its value when the page was opened (Django's `show_hidden_initial`). So there are
three values: *opened with*, *typed*, and the row's value *now*, which is the form's `initial`.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

CLASH = _(
    "This was changed while you were editing. It now says: “{now}”. You typed: “{typed}”. To keep your "
    "version, save again."
)
EMPTY = _("(empty)")


class EditForm(forms.Form):
    """A form that writes only edited fields. Pass the row's current values as `initial`, read under the lock for writing."""

    together: ClassVar[tuple[frozenset[str], ...]] = ()
    """Groups of fields that belong together, such as an amount and its currency: if one is edited, all are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clashes: list[str] = []
        for field in self.fields.values():
            field.show_hidden_initial = True

    def edits(self) -> bool:
        """Return whether the pressed button writes the fields at all."""
        return True

    @property
    def edited(self) -> set[str]:
        """Return the fields that were edited on the page, with those that belong to them."""
        changed = {bound.name for bound in self if _has_changed(bound)}
        return changed.union(*(group for group in self.together if group & changed))

    def only_edited(self, fields: dict[str, Any], also: Iterable[str] = ()) -> dict[str, Any]:
        """Return those of `fields` that were edited on the page, and those named in `also`."""
        kept = self.edited | set(also)
        return {name: value for name, value in fields.items() if name in kept}

    def full_clean(self) -> None:
        """Add an error to each field that was edited here and elsewhere to different values. The error shows both values."""
        super().full_clean()
        if not self.is_bound or not self.edits():
            return
        self.clashes = [bound.name for bound in self if self._clashes(bound)]
        for name in self.clashes:
            bound = self[name]
            now, typed = _as_text(bound, _now(bound)), _as_text(bound, bound.data)
            self.add_error(name, CLASH.format(now=now, typed=typed))
        if self.clashes:
            self._open_again()

    def _clashes(self, bound: BoundField) -> bool:
        group = next((group for group in self.together if bound.name in group), {bound.name})
        touched = any(_has_changed(self[name]) for name in group)
        return touched and _has_moved(bound) and bound.field.has_changed(_now(bound), bound.data)

    def _open_again(self) -> None:
        """Update the form's data as if the page was opened now: edited fields stay, others get their current value."""
        data = cast("QueryDict", self.data).copy()
        for bound in self:
            now = _now(bound)
            if not _has_changed(bound) and _has_moved(bound) and bound.name not in self.clashes:
                _put(data, bound.html_name, _sent(bound.field.widget, now))
            _put(data, bound.html_initial_name, _sent(bound.field.hidden_widget(), now))
        self.data = data


def opened_with(name: str, value: Any) -> SafeString:
    """Return the hidden copy of a field, for templates that render their fields themselves."""
    text = "" if value is None else value
    return format_html('<input type="hidden" name="initial-{}" value="{}">', name, text)


def _now(bound: BoundField) -> Any:
    return bound.field.prepare_value(bound.initial)


def _opened(bound: BoundField) -> Any:
    """Return the field's value when the page was opened, or its current value if the page sent no hidden copies at all.

    A missing copy of a single field means nothing: a multiple choice without a selection sends none.
    """
    if not any(one.html_initial_name in bound.form.data for one in bound.form):
        return _now(bound)
    widget = bound.field.hidden_widget()
    return widget.value_from_datadict(bound.form.data, bound.form.files, bound.html_initial_name)


def _has_changed(bound: BoundField) -> bool:
    return _differ(bound, _opened(bound), bound.data)


def _has_moved(bound: BoundField) -> bool:
    return _differ(bound, _opened(bound), _now(bound))


def _differ(bound: BoundField, one: Any, other: Any) -> bool:
    """Compare two values as the field does, ignoring how the browser sends line breaks."""
    one, other = _plain(bound, one), _plain(bound, other)
    try:
        one = bound.field.to_python(one)
    except ValidationError:
        return True
    return bool(bound.field.has_changed(one, other))


def _plain(bound: BoundField, value: Any) -> Any:
    """Return the value in one form: `5`, `5.00` and the number five are the same amount."""
    if bound.field.widget.attrs.get("inputmode") == "decimal" and value not in (None, ""):
        with suppress(InvalidOperation):
            return format(Decimal(str(value)).normalize(), "f")
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _sent(widget: forms.Widget, value: Any) -> Any:
    """Return `value` as a browser would send it from that widget."""
    if isinstance(widget, forms.CheckboxInput):
        return "on" if value else None
    shown = widget.format_value(value)
    return None if shown is None or shown == [] else shown


def _put(data: Any, name: str, value: Any) -> None:
    if value is None:
        data.pop(name, None)
    elif isinstance(value, list | tuple):
        data.setlist(name, [str(one) for one in value])
    else:
        data[name] = str(value)


def _as_text(bound: BoundField, value: Any) -> str:
    """Return the value as text for people, with the labels of the field's choices."""
    if isinstance(bound.field, forms.BooleanField):
        return str(_("yes") if bound.field.to_python(value) else _("no"))
    labels = {str(key): str(label) for key, label in getattr(bound.field, "choices", ())}
    several = value if isinstance(value, list | tuple) else [value]
    words = [labels.get(str(one), str(one)) for one in several if one not in (None, "")]
    return ", ".join(words) or str(EMPTY)

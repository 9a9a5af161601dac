"""Tags that every template of ours has without loading them (TEMPLATES in settings.py)."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from core.pages.edit_forms import opened_with
from core.pages.form_keys import FIELD, new_form_key
from core.time.moments import format_deadline, format_moment

register = template.Library()


@register.simple_tag(takes_context=True)
def form_key(context: Context) -> SafeString:
    """The hidden field that makes a form safe to send twice. It stands beside `csrf_token` in every form that writes."""
    # Hundreds on a page, and nothing in a key to escape: putting it together by `format_html` took three times as long.
    return SafeString(f'<input type="hidden" name="{FIELD}" value="{new_form_key(context["request"])}">')


register.simple_tag(opened_with)


@register.filter
def moment(value: datetime | None, zone: str = "") -> str:
    """A moment, in the zone of the list that it belongs to (core/time/moments.py)."""
    return format_moment(value, zone)


@register.filter
def deadline(value: datetime | None, zone: str = "") -> str:
    """The last day, where a day ends with it."""
    return format_deadline(value, zone)

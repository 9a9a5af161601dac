"""Template tags and filters that every template has without loading them (TEMPLATES in settings.py)."""

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
    """Return the hidden field that makes a form safe to send twice. Put it next to `csrf_token` in every form that writes."""
    # Not by `format_html`, which took three times as long: a page has hundreds, and a key needs no escaping.
    return SafeString(f'<input type="hidden" name="{FIELD}" value="{new_form_key(context["request"])}">')


register.simple_tag(opened_with)


@register.filter
def moment(value: datetime | None, zone: str = "") -> str:
    """Format a moment in the time zone of its list (core/time/moments.py)."""
    return format_moment(value, zone)


@register.filter
def deadline(value: datetime | None, zone: str = "") -> str:
    """Format a deadline: only the day, if the deadline is the end of a day."""
    return format_deadline(value, zone)

"""Tags that every template of ours has without loading them (TEMPLATES in settings.py)."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wishlist_project.base.edit_forms import opened_with
from wishlist_project.base.form_keys import FIELD, new_form_key

register = template.Library()


@register.simple_tag(takes_context=True)
def form_key(context: Context) -> SafeString:
    """The hidden field that makes a form safe to send twice. It stands beside `csrf_token` in every form that writes."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_form_key(context["request"]))


register.simple_tag(opened_with)

"""The forms of a card."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.pages.page_tags import form_key

register = template.Library()


@register.simple_block_tag(takes_context=True)
def card_form(context: Context, content: SafeString, at: str = "") -> SafeString:
    """What a card sends, to its address and `at`. With scripts the card is drawn anew, without them the page, at the card."""
    return format_html(
        '<form method="post" action="{address}#item-{id}" hx-post="{address}"'
        ' hx-target="closest .card" hx-swap="outerHTML">{token}{key}{content}</form>',
        address=f"{context['card'].address}{at}",
        id=context["id"],
        token=CsrfTokenNode().render(context),
        key=form_key(context),
        content=content,
    )

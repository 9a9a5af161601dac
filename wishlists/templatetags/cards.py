"""Template tags for cards."""

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
    """Render a form of a card, which posts to the address of the item and `at`.

    With JavaScript the answer replaces the card (static/js/cards.js). Without it, the page is loaded again, at the card.
    """
    return format_html(
        '<form method="post" action="{address}{at}">{token}{key}{content}</form>',
        address=context["address"],
        at=at,
        token=CsrfTokenNode().render(context),
        key=form_key(context),
        content=content,
    )

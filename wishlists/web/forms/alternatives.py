"""Which other wish this one is an alternative of, as one picks it on the page of the wish."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.pages.edit_forms import EditForm
from wishlists.models import Item
from wishlists.models.viewers import Viewer
from wishlists.services.lists.alternatives import group_item
from wishlists.web.page_context import PageContext


class ChoiceForm(EditForm):
    """One of the other wishes of the list. Whoever is picked brings its own alternatives along."""

    one_of = forms.ModelChoiceField(
        label=_("Alternative to this wish"),
        queryset=Item.objects.none(),
        required=False,
        empty_label=_("– none –"),
        help_text=_("Once one is reserved, the others are unavailable."),
    )

    def __init__(self, *args: Any, page: PageContext, item: Item, **kwargs: Any) -> None:
        self._page, self._item = page, item
        # A secret one among those that all may see would tell of itself.
        others = page.items().filter(is_secret=item.is_secret).exclude(pk=item.pk)
        chosen = item.choice and others.filter(choice=item.choice).first()
        kwargs["initial"] = {"one_of": chosen}
        super().__init__(*args, **kwargs)
        self.fields["one_of"].queryset = others  # type: ignore[attr-defined]

    def group(self, by: Viewer) -> None:
        """Call it when valid. What was not touched stays, also where several belong together."""
        if not self.edited:
            return
        other: Item | None = self.cleaned_data["one_of"]
        if other is not None:
            other.wishlist = self._item.wishlist
        group_item(item=self._page.item(self._item.pk), by=by, other=other)

"""The form in which a wish is made an alternative of another wish."""

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
    """Choose another wish of the list. Its alternatives become alternatives of this wish, too."""

    one_of = forms.ModelChoiceField(
        label=_("Alternative to this wish"),
        queryset=Item.objects.none(),
        required=False,
        empty_label=_("– none –"),
        help_text=_("Once one is reserved, the others are unavailable."),
    )

    def __init__(self, *args: Any, page: PageContext, item: Item, **kwargs: Any) -> None:
        self._page, self._item = page, item
        # A secret wish can't be an alternative of others: recipients would notice that they are closed.
        others = page.items().filter(is_secret=item.is_secret).exclude(pk=item.pk)
        chosen = item.choice and others.filter(choice=item.choice).first()
        kwargs["initial"] = {"one_of": chosen}
        super().__init__(*args, **kwargs)
        self.fields["one_of"].queryset = others  # type: ignore[attr-defined]

    def group(self, by: Viewer) -> None:
        """Save the choice. Call it on a valid form. Does nothing if the field was not changed."""
        if not self.edited:
            return
        other: Item | None = self.cleaned_data["one_of"]
        if other is not None:
            other.wishlist = self._item.wishlist
        group_item(item=self._page.item(self._item.pk), by=by, other=other)

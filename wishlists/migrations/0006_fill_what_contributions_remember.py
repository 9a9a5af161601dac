"""Store the current texts of item and list in older contributions, because the texts of that time are not known.

People who are no longer on the list must not see its current texts (G8), so nothing is stored for them. A few rows
at a time, each batch in a transaction of its own, so that nobody waits long. It can be run again: filled rows are skipped.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

SNAPSHOT = ("title", "description", "link_url", "image_url", "quantity", "price_minor", "currency")
A_LOT = 500


def fill(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    contributions = apps.get_model("wishlists", "Contribution").objects.using(schema_editor.connection.alias)
    members = apps.get_model("wishlists", "Member").objects.using(schema_editor.connection.alias)
    place = members.filter(wishlist=OuterRef("of_list"), user=OuterRef("user"), removed_at=None)
    unfilled = contributions.annotate(of_list=Coalesce("item__wishlist", "pot")).filter(
        Q(user=None) | Exists(place), taken_as={}
    )
    while lot := list(unfilled.select_related("item__wishlist", "pot").order_by("pk")[:A_LOT]):
        for contribution in lot:
            contribution.taken_as = _as_it_is(contribution)
        contributions.bulk_update(lot, ["taken_as"])


def _as_it_is(contribution: Any) -> dict[str, Any]:
    item = contribution.item
    wishlist = item.wishlist if item else contribution.pot
    occasion = {"list_title": wishlist.title, "due_date": wishlist.due_date and wishlist.due_date.isoformat()}
    return occasion | ({name: getattr(item, name) for name in SNAPSHOT} if item else {})


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("wishlists", "0005_contributions_remember")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

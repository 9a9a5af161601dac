"""Guests' addresses get the form in which they are compared (wishlist_project/base/mailboxes.py)."""

from typing import Any

from django.db import migrations, models

from wishlist_project.base.mailboxes import canonical_mailbox

BATCH = 500


def fill_mailboxes(apps: Any, schema_editor: Any) -> None:
    Guest = apps.get_model("wishlists", "Guest")
    changed = []
    for guest in Guest.objects.exclude(email="").only("email").iterator(chunk_size=BATCH):
        guest.mailbox = canonical_mailbox(guest.email)
        changed.append(guest)
    Guest.objects.bulk_update(changed, ["mailbox"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("wishlists", "0007_pledges_freed_unseen")]

    operations = [
        migrations.AddField(
            model_name="guest",
            name="mailbox",
            field=models.CharField(db_index=True, default="", editable=False, max_length=512),
        ),
        migrations.RunPython(fill_mailboxes, migrations.RunPython.noop),
    ]

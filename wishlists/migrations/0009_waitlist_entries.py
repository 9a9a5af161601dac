"""`Waiter` is called `WaitlistEntry`. The table, its columns and constraints stay as they are."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("wishlists", "0008_guests_identify"),
    ]

    operations = [
        migrations.AlterModelTable("waiter", "wishlists_waiter"),
        migrations.RenameModel("Waiter", "WaitlistEntry"),
        migrations.AlterField(
            model_name="waitlistentry",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waitlist_entries",
                to="wishlists.item",
            ),
        ),
    ]

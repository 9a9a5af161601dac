from django.db import migrations, models

from core.db.kept_aside import KeptColumns, keep_aside


class Migration(migrations.Migration):
    """A contribution remembers what it was for, as a reservation does. What is there is filled by the next one."""

    dependencies = [("wishlists", "0004_append_only_log")]

    operations = [
        migrations.AddField("contribution", "taken_as", models.JSONField(default=dict, editable=False)),
        keep_aside("0005", KeptColumns("wishlists.Contribution", ("taken_as",))),
    ]

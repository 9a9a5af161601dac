from django.db import migrations, models


class Migration(migrations.Migration):
    """A contribution remembers what it was for, as a reservation does. What is there is filled by the next one."""

    dependencies = [("wishlists", "0004_append_only_log")]

    operations = [
        migrations.AddField("contribution", "taken_as", models.JSONField(default=dict, editable=False)),
    ]

from django.db import migrations, models

from core.db.kept_aside import KeptRows, keep_aside


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_notices_about")]

    operations = [
        migrations.CreateModel(
            name="PeriodicRun",
            fields=[
                ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("due_at", models.DateTimeField()),
            ],
        ),
        keep_aside("0006", KeptRows("accounts.PeriodicRun")),
    ]

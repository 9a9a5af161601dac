from django.db import migrations, models


class Migration(migrations.Migration):
    """The table is there: it was made when the model was part of accounts."""

    initial = True
    dependencies = [("accounts", "0007_periodic_runs_to_jobs")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="PeriodicRun",
                    fields=[
                        ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                        ("due_at", models.DateTimeField()),
                    ],
                    options={"db_table": "accounts_periodicrun"},
                ),
            ]
        ),
    ]

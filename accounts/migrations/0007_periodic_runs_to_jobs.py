from django.db import migrations


class Migration(migrations.Migration):
    """The model moves to jobs, its table stays."""

    dependencies = [("accounts", "0006_periodic_runs")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("PeriodicRun")]),
    ]

from django.db import migrations, models

from core.db.kept_aside import KeptColumns, keep_aside


class Migration(migrations.Migration):
    """What was bought is at the stage *ordered*; on the way back every stage from there on is bought."""

    dependencies = [("wishlists", "0001_initial")]

    operations = [
        migrations.RenameField("reservation", "status", "stage"),
        migrations.RunSQL(
            "UPDATE wishlists_reservation SET stage = 'ordered' WHERE stage = 'purchased'",
            "UPDATE wishlists_reservation SET stage = 'purchased' WHERE stage <> 'reserved'",
        ),
        migrations.AlterField(
            "reservation",
            "stage",
            models.CharField(
                choices=[
                    ("reserved", "reserved"),
                    ("ordered", "ordered"),
                    ("arrived", "arrived"),
                    ("wrapped", "wrapped"),
                    ("given", "given"),
                ],
                default="reserved",
                max_length=10,
            ),
        ),
        keep_aside(
            "0002",
            KeptColumns(
                "wishlists.Reservation",
                ("stage",),
                where="stage NOT IN ('reserved', 'ordered')",
                unless_changed="wishlists_reservation.stage = 'ordered'",
            ),
        ),
    ]

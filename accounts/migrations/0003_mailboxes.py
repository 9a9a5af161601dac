"""Compare addresses by their mailbox (core/mailboxes/mailbox_forms.py), a column that Python computes.

Accounts that turn out to be of one mailbox all stay as they are. The oldest is number 0, the others are numbered after
it, and each logs in with its own password. No further account of that mailbox can be made.
"""

from collections import Counter
from typing import Any

from django.db import migrations, models

from core.mailboxes.address_checks import validate_address
from core.mailboxes.mailbox_forms import own_mailbox
from core.db.kept_aside import KeptColumns, keep_aside

BATCH = 500


def fill_mailboxes(apps: Any, schema_editor: Any) -> None:
    User = apps.get_model("accounts", "User")
    seen, changed = Counter(), []
    for user in User.objects.order_by("date_joined", "pk").only("email").iterator(chunk_size=BATCH):
        user.mailbox = own_mailbox(user.email)
        user.mailbox_copy = seen[user.mailbox]
        seen[user.mailbox] += 1
        changed.append(user)
    User.objects.bulk_update(changed, ["mailbox", "mailbox_copy"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_stored_answers"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="user", name="user_email_unique_whatever_its_case"),
        migrations.AddField(
            model_name="user",
            name="mailbox",
            field=models.CharField(default="", editable=False, max_length=512),
        ),
        migrations.AddField(
            model_name="user",
            name="mailbox_copy",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.RunPython(fill_mailboxes, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(
                max_length=254, unique=True, validators=[validate_address], verbose_name="e-mail address"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                fields=("mailbox", "mailbox_copy"), name="one_account_a_mailbox"
            ),
        ),
        # The older form compared addresses by the database's LOWER(), which takes some for one that are of two mailboxes.
        keep_aside(
            "0003",
            KeptColumns(
                "accounts.User",
                ("email", "mailbox", "mailbox_copy"),
                where="EXISTS (SELECT 1 FROM accounts_user AS older WHERE LOWER(older.email) = LOWER(accounts_user.email)"
                " AND (older.date_joined, older.id) < (accounts_user.date_joined, accounts_user.id))",
                then="email = id || '@kept-aside.invalid'",
                unless_changed="accounts_user.email LIKE '%@kept-aside.invalid' AND NOT EXISTS (SELECT 1 FROM accounts_user"
                " AS other WHERE other.mailbox = kept.mailbox AND other.mailbox_copy = kept.mailbox_copy)",
            ),
        ),
    ]

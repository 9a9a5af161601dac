"""When periodic jobs are due."""

from __future__ import annotations

from django.db import models


class PeriodicRun(models.Model):
    """When a periodic job is due next, by the database's clock (jobs/services/claiming.py)."""

    name = models.CharField(max_length=80, primary_key=True)
    due_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_periodicrun"
        """The table of earlier versions, when this model was part of accounts."""

    def __str__(self) -> str:
        return self.name

"""Durable streams: one for each audience of a list, and one for each person's inbox."""

from __future__ import annotations

import uuid

from django.db import models


def new_epoch() -> str:
    """Return a new name for a stream's numbering. A client that knows another epoch has to take a snapshot."""
    return uuid.uuid4().hex[:12]


class Stream(models.Model):
    """A numbered sequence of events. `head` is the last number given out; appending locks the row (G2)."""

    key = models.CharField(max_length=80, unique=True)
    epoch = models.CharField(max_length=12, default=new_epoch)
    head = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.key


class Event(models.Model):
    """One frame, encoded once, exactly as every subscriber of its stream receives it."""

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="events")
    seq = models.BigIntegerField()
    frame = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("stream", "seq", name="event_number_once_a_stream")]
        ordering = ("stream", "seq")

    def __str__(self) -> str:
        return f"{self.stream_id}:{self.seq}"

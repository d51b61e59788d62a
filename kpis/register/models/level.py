"""Counters a source gives as totals only."""

from __future__ import annotations

from django.db import models

from kpis.register.models.metric import Metric
from kpis.register.models.source import Stream
from kpis.register.models.subject import Subject


class Level(models.Model):
    """A counter as it stood at ``taken_at``; of one business day the last reading stays."""

    pk = models.CompositePrimaryKey("stream_id", "metric_id", "subject_id", "day")
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="+")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    taken_at = models.DateTimeField()
    value = models.DecimalField(max_digits=24, decimal_places=6)
    slice_id = models.BigIntegerField()
    raw_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["stream", "day"], name="level_of_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.value}"

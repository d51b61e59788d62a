"""Results. The tables are partitioned and written by COPY, so the migration makes them in SQL."""

from __future__ import annotations

from django.db import models

from kpis.register.models.metric import Metric
from kpis.register.models.run import Slice
from kpis.register.models.source import Stream
from kpis.register.models.subject import Subject


class Flag(models.IntegerChoices):
    """Bits of ``Result.flags``: what a reader must know about the quality of the number."""

    SAMPLED = 1
    THRESHOLDED = 2
    PROVISIONAL = 4
    MANUAL = 8
    ESTIMATED = 16


class Result(models.Model):
    """One measured number: (stream, day, metric, subject) is the natural key, no part of it is
    NULL.

    ``day`` is the business date in the account's time zone; ``value`` is exact; a stored 0 is
    "measured zero", no row is "not measured". ``raw_id`` leads to the answer (0 = entered from a
    file).
    """

    pk = models.CompositePrimaryKey("stream_id", "day", "metric_id", "subject_id")
    stream = models.ForeignKey(Stream, on_delete=models.DO_NOTHING, related_name="+")
    day = models.DateField()
    metric = models.ForeignKey(Metric, on_delete=models.DO_NOTHING, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.DO_NOTHING, related_name="+")
    value = models.DecimalField(max_digits=24, decimal_places=6)
    currency = models.CharField(max_length=3)
    flags = models.IntegerField()
    slice = models.ForeignKey(Slice, on_delete=models.DO_NOTHING, related_name="+")
    raw_id = models.BigIntegerField()
    loaded_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "register_result"

    def __str__(self) -> str:
        return f"{self.day} {self.metric_id} {self.value}"

    @property
    def flag_names(self) -> list[str]:
        return [flag.name.lower() for flag in Flag if self.flags & flag]


class ResultRevision(models.Model):
    """A number the source changed or withdrew afterwards; ``new_value`` NULL means withdrawn.
    ``old_slice_id`` is the slice that had written the old one: undoing a load goes back to it."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    old_value = models.DecimalField(max_digits=24, decimal_places=6)
    new_value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    old_loaded_at = models.DateTimeField()
    old_slice_id = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()
    slice = models.ForeignKey(Slice, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["stream", "day"], name="revision_of_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.old_value} → {self.new_value}"


class DailyTotal(models.Model):
    """The roll-up every dashboard reads: a metric of a stream on a day over all subjects, kept in
    the transaction of the load. Only metrics that add up over subjects have a ``value``.
    """

    pk = models.CompositePrimaryKey("stream_id", "metric_id", "day")
    stream = models.ForeignKey(Stream, on_delete=models.DO_NOTHING, related_name="+")
    metric = models.ForeignKey(Metric, on_delete=models.DO_NOTHING, related_name="+")
    day = models.DateField()
    value = models.DecimalField(max_digits=24, decimal_places=6)
    rows = models.IntegerField()
    flags = models.IntegerField()
    loaded_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "register_daily_total"

    def __str__(self) -> str:
        return f"{self.day} {self.metric_id} {self.value}"

"""The vocabulary: what a number of the register means and how it may be added up."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.text import BilingualName


class Metric(BilingualName):
    """One word of the vocabulary. Rows come with the product (`kpis.register.vocabulary`).

    ``agg_time``: how days add up to a period; NONE means a figure is valid only at the grain the
    source gave. ``missing``: what an absent row means. ``settle_days``: younger days are
    preliminary.
    """

    class Unit(models.TextChoices):
        PIECES = "pcs", _("pcs")
        PEOPLE = "people", _("people")
        MONEY = "money", _("money")
        SECONDS = "s", _("seconds")
        DAYS = "days", _("days")

    class AggTime(models.TextChoices):
        SUM = "sum", _("adds up")
        LAST = "last", _("last value")
        MAX = "max", _("maximum")
        NONE = "none", _("does not add up")

    class AggDims(models.TextChoices):
        SUM = "sum", _("adds up")
        NONE = "none", _("does not add up")

    class Missing(models.TextChoices):
        NULL = "null", _("not measured")
        ZERO = "zero", _("zero")

    code = models.SlugField(max_length=40, unique=True)
    unit = models.CharField(max_length=8, choices=Unit.choices)
    agg_time = models.CharField(max_length=4, choices=AggTime.choices, default=AggTime.SUM)
    agg_dims = models.CharField(max_length=4, choices=AggDims.choices, default=AggDims.SUM)
    missing = models.CharField(max_length=4, choices=Missing.choices, default=Missing.NULL)
    settle_days = models.PositiveSmallIntegerField(default=0)
    note_ru = models.TextField(blank=True)
    note_en = models.TextField(blank=True)

    class Meta:
        ordering = ["code"]

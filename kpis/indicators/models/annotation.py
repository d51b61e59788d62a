"""Notes on days: why a figure is as it is."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from config.lib.text import pick
from kpis.indicators.models.kpi import Kpi
from staff.accounts.models import Scope, ScopedQuerySet


class Annotation(PublicModel, Timestamped):
    """A note on the days ``first_day`` … ``last_day`` for everything under ``scope``, about one KPI
    or (``kpi`` empty) about all of them.

    A person writes ``text`` in one language; the product writes both into ``texts`` and remembers
    by ``origin`` what it was made of, so it is made once. ``is_open``: what it tells of is still
    going on. ``excludes_from_norm``: these days are neither judged for anomalies nor taken for
    usual.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("written by a person")
        PRODUCT = "product", _("made by the product")

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("whose figures")
    )
    kpi = models.ForeignKey(
        Kpi,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("KPI"),
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.PERSON, editable=False)
    text = models.CharField(_("what happened"), max_length=300, blank=True)
    texts = models.JSONField(default=dict, editable=False)
    excludes_from_norm = models.BooleanField(
        _("not usual days: leave them out when looking for anomalies"), default=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    origin = models.CharField(max_length=120, blank=True, editable=False)
    is_open = models.BooleanField(default=False, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="annotation_days_in_order",
                violation_error_message=_("The last day is not before the first one."),
            ),
            models.UniqueConstraint(
                fields=["origin"], condition=~Q(origin=""), name="annotation_made_once"
            ),
        ]
        indexes = [
            # notes of a chart's days
            models.Index(fields=["scope", "first_day", "last_day"], name="annotation_of_days"),
        ]

    def __str__(self) -> str:
        return self.words

    def get_absolute_url(self) -> str:
        return reverse("indicators:annotation-edit", args=[self.uid])

    @property
    def words(self) -> str:
        """The text in the reader's language where the product wrote it."""
        return self.text or pick(self.texts)

    @property
    def by_product(self) -> bool:
        return self.kind == self.Kind.PRODUCT

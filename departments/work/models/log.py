"""The time log: what was done, how long it took, and the proof."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Self

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from departments.work.duration import DAY_MINUTES
from departments.work.models.occurrence import Occurrence
from staff.accounts.models import Scope, ScopedQuerySet


def private_storage() -> FileSystemStorage:
    """Outside every served folder: a proof is reached only through its authorised view."""
    return FileSystemStorage(location=Path(settings.MEDIA_ROOT) / "private", base_url=None)


def proof_path(line: LogLine, filename: str) -> str:
    """A name that tells nothing; the typed name lives in ``proof_name``."""
    return f"proofs/{line.day:%Y/%m}/{uuid.uuid4().hex}"


class LogLineQuerySet(ScopedQuerySet):
    def kept(self) -> Self:
        """Without the deleted ones."""
        return self.filter(deleted_at=None)

    def with_proof(self) -> Self:
        return self.filter(~Q(proof_url="") | ~Q(proof_file=""))


class LogLine(PublicModel, Timestamped):
    """A line of one person's day. ``minutes`` None: not told, which is not zero.

    ``by_clock`` lines were written by finishing a task, from its start to its end. ``day`` is
    the person's working date in the company's zone. A deleted line can be restored that day.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", editable=False)
    occurrence = models.ForeignKey(
        Occurrence,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="log_lines",
        verbose_name=_("task"),
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    text = models.CharField(_("what was done"), max_length=500, blank=True)
    proof_url = models.URLField(_("link to the proof"), max_length=1000, blank=True)
    proof_file = models.FileField(
        _("file or photo"), upload_to=proof_path, storage=private_storage, blank=True
    )
    proof_name = models.CharField(max_length=150, blank=True, editable=False)
    proof_type = models.CharField(max_length=40, blank=True, editable=False)
    by_clock = models.BooleanField(default=False, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = LogLineQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__range=(1, DAY_MINUTES)),
                name="log_line_minutes_in_a_day",
                violation_error_message=_("Minutes are from 1 to 1440."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=False)
                | ~Q(text="")
                | ~Q(proof_url="")
                | ~Q(proof_file=""),
                name="log_line_says_something",
                violation_error_message=_("Write what was done, or how long it took."),
            ),
        ]
        # a person's day and its total
        indexes = [models.Index(fields=["user", "day"], name="log_line_of_day")]

    def __str__(self) -> str:
        return self.text or (str(self.occurrence.task) if self.occurrence else self.proof_url)

    @property
    def has_proof(self) -> bool:
        return bool(self.proof_url or self.proof_file)

    @property
    def proof_link(self) -> str:
        """Where the proof opens: its address, or our authorised view of the file; "" for none."""
        if self.proof_file:
            return reverse("work:proof-file", args=[self.uid])
        return self.proof_url

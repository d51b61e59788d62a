"""A sync is a run of slices. The rows here are the job; the broker only wakes a worker."""

from __future__ import annotations

import zlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel
from config.lib.text import pick
from kpis.register.models.source import Source, Stream
from staff.accounts.models import ScopedQuerySet


class State(models.TextChoices):
    """States of runs and slices. ``partial`` is a run of which some slices failed."""

    PLANNED = "planned", _("planned")
    RUNNING = "running", _("running")
    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    PARTIAL = "partial", _("partly done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


OPEN_STATES = (State.PLANNED, State.RUNNING, State.WAITING)


class SyncRunQuerySet(ScopedQuerySet):
    scope_field = "source__scope"

    def open(self) -> SyncRunQuerySet:
        return self.filter(state__in=OPEN_STATES)


class SyncRun(PublicModel):
    """``claim`` is the token of the worker that holds the run; a slice commits only under that
    token, so a worker thought dead cannot write after another took over. ``takeovers`` counts how
    often that was so. ``heartbeat_at`` tells it is alive. ``rereads`` are the deep readings it
    does, by stream.
    """

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", _("on schedule")
        MANUAL = "manual", _("by hand")
        IMPORT = "import", _("file")
        REPLAY = "replay", _("from kept answers")
        SHEET = "sheet", _("entered by hand")
        UNDO = "undo", _("import undone")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="runs")
    trigger = models.CharField(max_length=8, choices=Trigger.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    takeovers = models.PositiveSmallIntegerField(default=0)
    planning_attempts = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    error_kind = models.CharField(max_length=10, blank=True)
    error = models.JSONField(default=dict)
    advice = models.JSONField(default=dict)
    detail = models.TextField(blank=True)
    rereads = models.JSONField(default=dict)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(state__in=["planned", "running", "waiting"]),
                name="run_one_open_per_source",
                violation_error_message=_("The source is already being read."),
            )
        ]
        indexes = [
            models.Index(fields=["source", "-created_at"], name="run_newest_of_source"),
            # the sweeper: runs to wake or to take over
            models.Index(
                fields=["state", "not_before"],
                condition=Q(state__in=["planned", "running", "waiting"]),
                name="run_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} · {self.created_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("register:run-detail", args=[self.uid])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def error_text(self) -> str:
        return pick(self.error)

    @property
    def advice_text(self) -> str:
        return pick(self.advice)


class Slice(PublicModel):
    """Some days of one stream: the unit of commit, retry and progress. ``not_before`` is how long
    the source asked to wait with it; ``replay_of`` the slice whose kept answers it reads instead of
    asking the source.
    """

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="slices")
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="slices")
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    attempts = models.PositiveSmallIntegerField(default=0)
    rows_received = models.PositiveIntegerField(default=0)
    rows_announced = models.PositiveIntegerField(null=True)
    rows_written = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_removed = models.PositiveIntegerField(default=0)
    notices = models.JSONField(default=list)
    error_kind = models.CharField(max_length=10, blank=True)
    error = models.JSONField(default=dict)
    detail = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    replay_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-last_day", "stream_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "stream", "first_day"], name="slice_once_in_run"
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")), name="slice_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream.name} {self.first_day}…{self.last_day}"

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def error_text(self) -> str:
        return pick(self.error)

    @property
    def notice_texts(self) -> list[str]:
        return [pick(notice) for notice in self.notices]


class RawAnswer(PublicModel):
    """A vendor's answer as received, compressed, kept RAW_ANSWER_DAYS. ``request`` has no
    secrets. ``question`` is the hash of the masked request it answers, by which a slice is replayed
    without the vendor; ``status`` and ``headers`` are the answer's.
    """

    slice = models.ForeignKey(Slice, on_delete=models.CASCADE, related_name="answers")
    attempt = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    request = models.TextField()
    content_type = models.CharField(max_length=80)
    packed = models.BinaryField()
    size = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    question = models.CharField(max_length=64, blank=True)
    status = models.PositiveSmallIntegerField(default=200)
    headers = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slice", "attempt", "number"], name="raw_answer_once_in_slice"
            )
        ]
        indexes = [models.Index(fields=["received_at"], name="raw_answer_age")]  # retention

    def __str__(self) -> str:
        return self.request[:80]

    @property
    def body(self) -> bytes:
        """The answer as received."""
        return zlib.decompress(bytes(self.packed))

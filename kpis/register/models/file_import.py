"""A file somebody gave us, how its columns were read, and what came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel, Timestamped
from kpis.register.models.run import SyncRun
from kpis.register.models.source import Source
from staff.accounts.models import Scope, ScopedQuerySet


class MappingTemplate(PublicModel, Timestamped):
    """A saved way to read files of one shape. ``mapping`` is `files.mapping.Mapping.to_json`."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    mapping = models.JSONField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "name"],
                name="mapping_template_name",
                violation_error_message=_("There is already a template with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class FileImportQuerySet(ScopedQuerySet):
    scope_field = "source__scope"


class FileImport(PublicModel, Timestamped):
    """One upload. ``path`` is under MEDIA_ROOT; ``errors`` keeps the first 1,000, ``error_count``
    all. ``undo_run`` took its rows out again.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("columns are to be chosen")
        STARTED = "started", _("being loaded")
        DONE = "done", _("loaded")
        REFUSED = "refused", _("refused")
        UNDONE = "undone", _("undone")

    class Policy(models.TextChoices):
        KEEP_GOOD = "keep_good", _("Load the good rows, list the others")
        REFUSE_ALL = "refuse_all", _("Load nothing if any row is wrong")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="imports")
    run = models.OneToOneField(
        SyncRun, null=True, on_delete=models.PROTECT, related_name="file_import"
    )
    undo_run = models.OneToOneField(
        SyncRun, null=True, on_delete=models.PROTECT, related_name="undone_import"
    )
    original_name = models.CharField(max_length=255)
    path = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.UPLOADED)
    policy = models.CharField(
        _("rows with errors"), max_length=10, choices=Policy.choices, default=Policy.REFUSE_ALL
    )
    mapping = models.JSONField(null=True)
    rows_read = models.PositiveIntegerField(default=0)
    rows_loaded = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)
    totals = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = FileImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["source", "-created_at"], name="import_newest_of_source"),
            models.Index(fields=["sha256"], condition=Q(state="done"), name="import_same_file"),
        ]

    def __str__(self) -> str:
        return self.original_name

    def get_absolute_url(self) -> str:
        return reverse("register:import-detail", args=[self.uid])

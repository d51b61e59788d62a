"""The audit trail: append-only, enforced by a trigger in the database (see the first migration)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.models import PublicModel
from staff.accounts.models.scope import Scope, ScopedQuerySet


class AuditEvent(PublicModel):
    """Who did what to which row, before and after, when, from where and why.

    ``action`` is ``<app>.<noun>.<verb>``. ``before`` and ``after`` hold only the changed fields.
    ``request_id`` groups everything one request, job or command did.
    """

    class Origin(models.TextChoices):
        WEB = "web", _("web")
        WORKER = "worker", _("worker")
        COMMAND = "command", _("command line")
        SYSTEM = "system", _("system")

    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_label = models.CharField(max_length=150)
    action = models.CharField(max_length=80)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    target_label = models.CharField(max_length=250, blank=True)
    scope = models.ForeignKey(Scope, null=True, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    where = models.CharField(max_length=250, blank=True)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="audit_newest"),  # the page's default order
            models.Index(fields=["target_type", "target_id", "-at"], name="audit_of_row"),
            models.Index(fields=["actor", "-at"], name="audit_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.action}"

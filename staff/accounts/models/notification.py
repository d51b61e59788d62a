"""News for one person, shown behind the bell."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from config.lib.models import PublicModel
from config.lib.text import pick


class Notification(PublicModel):
    """``title`` and ``body`` hold both languages; ``key`` makes repeated news one row."""

    class Level(models.TextChoices):
        INFO = "info"
        WARNING = "warning"
        DANGER = "danger"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.INFO)
    key = models.CharField(max_length=120, blank=True)
    title = models.JSONField(default=dict)
    body = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"],
                condition=Q(read_at=None) & ~Q(key=""),
                name="notification_once_unread",
            )
        ]
        indexes = [models.Index(fields=["user", "-created_at"], name="notification_newest")]

    def __str__(self) -> str:
        return self.title_text

    @property
    def title_text(self) -> str:
        return pick(self.title)

    @property
    def body_text(self) -> str:
        return pick(self.body)

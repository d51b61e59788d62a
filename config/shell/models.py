"""Signs of life of the background processes."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When ``name`` ("worker" or "beat") was last known to be alive."""

    name = models.CharField(primary_key=True, max_length=20)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"

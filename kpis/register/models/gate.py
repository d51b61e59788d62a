"""What all workers share about a vendor: how much may be asked, and access tokens."""

from __future__ import annotations

from django.db import models

from kpis.register.models.source import Source


class Gate(models.Model):
    """One vendor's limit for one account, login or address. ``arrival`` is the theoretical arrival
    time of the next request (generic cell rate algorithm); ``closed_until`` is what the vendor
    said; ``remaining`` of ``total`` until ``resets_at`` is the vendor's own count, for people."""

    name = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    arrival = models.DateTimeField()
    closed_until = models.DateTimeField(null=True)
    remaining = models.BigIntegerField(null=True)
    total = models.BigIntegerField(null=True)
    resets_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "key"], name="gate_once")]

    def __str__(self) -> str:
        return self.name


class GatePass(models.Model):
    """A request under way where the vendor counts parallel ones; a dead worker's pass runs out."""

    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="passes")
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.gate)


class GateOfSource(models.Model):
    """Which limits a source meets, to show them on its page."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="gates")
    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "gate"], name="gate_of_source")]

    def __str__(self) -> str:
        return str(self.gate)


class SourceToken(models.Model):
    """An access token the connector obtained, sealed. Refreshed under a lock of this row."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    sealed = models.BinaryField(default=bytes)
    expires_at = models.DateTimeField(null=True)
    obtained_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="token_of_source")]

    def __str__(self) -> str:
        return self.name

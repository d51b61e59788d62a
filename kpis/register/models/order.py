"""Orders and refunds: the rows behind the metrics of sales."""

from __future__ import annotations

from django.db import models

from kpis.register.connectors.records import OrderStatus
from kpis.register.models.source import Stream
from kpis.register.models.subject import Subject


class Order(models.Model):
    """One purchase, deal or posting. ``key`` is the vendor's order id, or a key made from the row's
    content and its occurrence number where the file has no id, so the same
    file gives the same keys.

    ``customer`` is the customer's key in the source ("" unknown), ``person`` a keyed hash of the
    phone or e-mail; ``units``, ``discount``, ``margin`` NULL are not known; ``enquiry`` is the key
    of the enquiry it grew from. Written by COPY.
    """

    pk = models.CompositePrimaryKey("stream_id", "key")
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="orders")
    key = models.CharField(max_length=80)
    day = models.DateField()
    ordered_at = models.DateTimeField(null=True)
    customer = models.CharField(max_length=120)
    units = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=3)
    channel = models.CharField(max_length=200)
    promo_code = models.CharField(max_length=80)
    row = models.IntegerField()
    slice_id = models.BigIntegerField()
    subject = models.ForeignKey(Subject, null=True, on_delete=models.DO_NOTHING, related_name="+")
    status = models.CharField(
        max_length=9,
        choices=[(status.value, status.value) for status in OrderStatus],
        default=OrderStatus.PLACED,
        db_default=OrderStatus.PLACED,
    )
    paid_at = models.DateTimeField(null=True)
    discount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    margin = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    number = models.CharField(max_length=80, default="", db_default="")
    person = models.CharField(max_length=32, default="", db_default="")
    enquiry = models.CharField(max_length=80, default="", db_default="")
    raw_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        indexes = [
            models.Index(fields=["stream", "day"], name="order_of_day"),
            models.Index(fields=["stream", "customer"], name="order_of_customer"),
        ]

    def __str__(self) -> str:
        return self.key


class OrderRevision(models.Model):
    """An order as it was before a load changed or withdrew it: what an undone load goes back
    to."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    slice_id = models.BigIntegerField()
    old = models.JSONField()
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["slice_id"], name="order_revision_of_slice")]

    def __str__(self) -> str:
        return self.key


class Refund(models.Model):
    """Money given back on ``day``; ``order`` is the order's key in the source, "" unknown."""

    pk = models.CompositePrimaryKey("stream_id", "key")
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    day = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=3)
    units = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    order = models.CharField(max_length=80)
    subject = models.ForeignKey(Subject, on_delete=models.DO_NOTHING, related_name="+")
    slice_id = models.BigIntegerField()
    raw_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["stream", "day"], name="refund_of_day")]

    def __str__(self) -> str:
        return self.key

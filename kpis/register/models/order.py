"""Orders: the rows behind the metrics orders, items_sold and revenue."""

from __future__ import annotations

from django.db import models

from kpis.register.models.source import Stream


class Order(models.Model):
    """One purchase. ``key`` is the vendor's order id, or a key made from the row's content and its
    occurrence number where the file has no id, so the same file gives the same keys.

    ``customer`` is the customer's key in the source ("" unknown); ``units`` NULL is not known.
    Written by COPY, see the migration.
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

    class Meta:
        indexes = [
            models.Index(fields=["stream", "day"], name="order_of_day"),
            models.Index(fields=["stream", "customer"], name="order_of_customer"),
        ]

    def __str__(self) -> str:
        return self.key

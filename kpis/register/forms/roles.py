"""What a column of a file may mean, in words, and how that becomes a mapping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from kpis.register.files import Mapping
from kpis.register.models import Metric

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

METRIC_PREFIX = "metric:"
ROLES: dict[str, dict[str, StrOrPromise]] = {
    "results": {
        "date": _("Date"),
        "subject": _("Campaign or other subject"),
        "metric": _("Name of the metric (a row per metric)"),
        "value": _("Value of the named metric"),
    },
    "orders": {
        "date": _("Date of the order"),
        "customer": _("Customer"),
        "order_id": _("Order number"),
        "amount": _("Amount"),
        "units": _("Units (pieces)"),
        "currency": _("Currency"),
        "channel": _("Channel of sale"),
        "promo": _("Promo code"),
    },
}
Choices = list[tuple[Any, Any]]


def role_choices(target: str) -> Choices:
    """Everything a column may be for ``target``; metrics by their names in the reader's
    language.
    """
    roles: Choices = [("", _("not used")), *ROLES[target].items()]
    if target == "results":
        metrics = sorted(Metric.objects.all(), key=lambda metric: metric.name.casefold())
        named = [(METRIC_PREFIX + metric.code, metric.name) for metric in metrics]
        # Translators: heading of a list of metrics among the meanings of a column
        roles.append((_("Metrics"), named))
    return roles


def roles_of(mapping: Mapping, names: Iterable[str]) -> dict[str, str]:
    """The role of every column of ``names`` under ``mapping``; "" for an unused one."""
    taken = {METRIC_PREFIX + code: column for column, code in mapping.metrics if code}
    for role in ROLES[mapping.target]:
        if column := getattr(mapping, role):
            taken[role] = column
    by_column = {column: role for role, column in taken.items()}
    return {name: by_column.get(name, "") for name in names}


def mapping_values(chosen: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Fields of `Mapping` from (column, role) pairs; of two columns of one role the first
    counts.
    """
    values: dict[str, Any] = {}
    metrics: list[tuple[str, str]] = []
    for column, role in chosen:
        if role.startswith(METRIC_PREFIX):
            metrics.append((column, role.removeprefix(METRIC_PREFIX)))
        elif role:
            values.setdefault(role, column)
    return values | {"metrics": tuple(metrics)}


def role_label(role: str, target: str) -> StrOrPromise:
    return ROLES[target].get(role, role)

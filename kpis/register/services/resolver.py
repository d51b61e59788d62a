"""Ids of metrics and subjects, looked up once per run."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.errors import BugError
from kpis.register.models import Metric, Source, Subject


@dataclass
class Resolver:
    """Metric and subject ids, looked up once per run."""

    source: Source
    metrics: dict[str, int] = field(default_factory=dict)
    subjects: dict[tuple[str, str], int] = field(default_factory=dict)
    created: list[int] = field(default_factory=list)

    def metric(self, code: str) -> int:
        """Raises `BugError` for a code outside the vocabulary."""
        if not self.metrics:
            self.metrics = dict(Metric.objects.values_list("code", "pk"))
        try:
            return self.metrics[code]
        except KeyError:
            raise BugError(_("The connector gave an unknown metric."), detail=code) from None

    def subject(self, ref: SubjectRef) -> int:
        """The subject's id; created, or renamed when the vendor renamed it."""
        known = self.subjects.get((ref.kind, ref.key))
        if known is None:
            parent = self.subject(ref.parent) if ref.parent else None
            subject, created = Subject.objects.get_or_create(
                origin=f"source:{self.source.pk}",
                kind=ref.kind,
                key=ref.key[:200],
                defaults={
                    "scope": self.source.scope,
                    "label": ref.label[:250],
                    "url": ref.url,
                    "parent_id": parent,
                },
            )
            if created:
                self.created.append(subject.pk)
            elif subject.label != ref.label[:250]:
                Subject.objects.filter(pk=subject.pk).update(label=ref.label[:250])
            known = self.subjects[ref.kind, ref.key] = subject.pk
        return known

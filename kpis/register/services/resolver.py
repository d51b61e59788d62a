"""Ids of metrics and subjects, looked up once per run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.errors import BugError
from kpis.register.models import Metric, Source, Subject

BATCH = 1000


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

    def learn(self, refs: Iterable[SubjectRef]) -> None:
        """Look up and create the subjects of a whole page at once."""
        new: dict[tuple[str, str], SubjectRef] = {}
        for ref in refs:
            if (ref.kind, ref.key) not in self.subjects:
                new.setdefault((ref.kind, ref.key), ref)
        if not new:
            return
        self.learn([ref.parent for ref in new.values() if ref.parent is not None])
        found = self._stored(new.values())
        missing = {
            (ref.kind, ref.key[:200]): ref
            for ref in reversed(new.values())  # of two that are one when cut, the first is kept
            if (ref.kind, ref.key[:200]) not in found
        }
        made = Subject.objects.bulk_create(
            [self._made(ref) for ref in missing.values()],
            ignore_conflicts=True,  # another worker may be making them too
            batch_size=BATCH,
        )
        if made:
            ours = {subject.uid for subject in made}
            created = self._stored(missing.values())
            self.created += [one.pk for one in created.values() if one.uid in ours]
            found |= created
        renamed: list[Subject] = []
        for ref in new.values():
            subject = found[ref.kind, ref.key[:200]]
            self.subjects[ref.kind, ref.key] = subject.pk
            if subject.label != ref.label[:250]:
                subject.label = ref.label[:250]
                renamed.append(subject)
        Subject.objects.bulk_update(renamed, ["label"], batch_size=BATCH)

    def subject(self, ref: SubjectRef) -> int:
        """The subject's id; created, or renamed when the vendor renamed it."""
        known = self.subjects.get((ref.kind, ref.key))
        if known is None:
            self.learn([ref])
            known = self.subjects[ref.kind, ref.key]
        return known

    def _stored(self, refs: Iterable[SubjectRef]) -> dict[tuple[str, str], Subject]:
        """Those there are, by kind and stored key."""
        found: dict[tuple[str, str], Subject] = {}
        keys: dict[str, list[str]] = {}
        for ref in refs:
            keys.setdefault(ref.kind, []).append(ref.key[:200])
        for kind, wanted in keys.items():
            for at in range(0, len(wanted), BATCH):
                rows = Subject.objects.filter(
                    origin=self._origin, kind=kind, key__in=wanted[at : at + BATCH]
                )
                for row in rows.only("uid", "kind", "key", "label"):
                    found[row.kind, row.key] = row
        return found

    def _made(self, ref: SubjectRef) -> Subject:
        parent = self.subjects[ref.parent.kind, ref.parent.key] if ref.parent else None
        return Subject(
            origin=self._origin,
            kind=ref.kind,
            key=ref.key[:200],
            scope=self.source.scope,
            label=ref.label[:250],
            url=ref.url,
            parent_id=parent,
        )

    @property
    def _origin(self) -> str:
        return f"source:{self.source.pk}"

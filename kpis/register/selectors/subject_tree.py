"""Which subjects a choice means: those that fit it, and everything that lies in them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models.expressions import RawSQL

from kpis.register.models import Subject

MAX_WORDS = 6
_TREE = """
    WITH RECURSIVE tree(id) AS (
        SELECT id FROM ({roots}) AS roots(id)
        UNION
        SELECT s.id FROM register_subject s JOIN tree ON s.merged_into_id = tree.id {parts}
    ) SELECT id FROM tree
"""
_PARTS = "OR s.parent_id = tree.id"


@dataclass(frozen=True, slots=True)
class SubjectChoice:
    """``words`` are searched in the names. ``with_parts``: the children of the found subjects, and
    theirs, are meant too. Duplicates shown as one of them always are."""

    uid: UUID | None = None
    kind: str = ""
    words: str = ""
    with_parts: bool = True

    def __bool__(self) -> bool:
        return bool(self.uid or self.kind or self.words.strip())

    def ids_sql(self) -> tuple[str, tuple[object, ...]]:
        """A query of the ids, and its values."""
        roots = Subject.objects.order_by()
        if self.uid:
            roots = roots.filter(uid=self.uid)
        if self.kind:
            roots = roots.filter(kind=self.kind)
        for word in self.words.split()[:MAX_WORDS]:
            roots = roots.filter(label__icontains=word)
        sql, values = roots.values("pk").query.sql_with_params()
        return _TREE.format(roots=sql, parts=_PARTS if self.with_parts else ""), values

    def ids(self) -> RawSQL:
        """The ids for ``subject_id__in``."""
        return RawSQL(*self.ids_sql())  # noqa: S611  put together from constants and the ORM's SQL

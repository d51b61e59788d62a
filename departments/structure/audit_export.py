"""The model audit as lines of a file."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from departments.structure.selectors import ModelAudit


def audit_lines(audit: ModelAudit) -> Iterator[tuple[str, ...]]:
    """The heading and one line per shown row."""
    yield (_("Code"), _("Part"), _("Section"), _("Row"), _("State"), _("Found"))
    for section in audit.sections:
        for row in section.rows:
            found = str(row.finding.detail)
            yield (
                row.code,
                str(section.part),
                str(section.title),
                row.title,
                str(row.words),
                found,
            )

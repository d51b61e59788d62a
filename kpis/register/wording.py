"""How this app's actions are called on the audit page, and how its states are said and marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kpis.register.models import FileImport, MappingTemplate, Source, SyncRun
from kpis.register.models.run import State
from staff.accounts.audit_registry import describe_actions, describe_fields, link_targets

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

describe_actions(
    {
        "register.source.created": _("Source added"),
        "register.source.changed": _("Source changed"),
        "register.source.checked": _("Connection checked"),
        "register.source.paused": _("Source paused"),
        "register.source.resumed": _("Source resumed"),
        "register.metric.counted": _("Choice of what counts changed"),
        "register.run.requested": _("Reading asked for"),
        "register.run.cancelled": _("Reading cancelled"),
        "register.file.uploaded": _("File uploaded"),
        "register.file.started": _("Loading of a file started"),
        "register.file.loaded": _("File loaded"),
        "register.file.refused": _("File refused"),
        "register.import.undone": _("Loaded file undone"),
        "register.sheet.saved": _("Figures entered by hand"),
        "register.slice.replayed": _("Kept answers read again"),
        "register.slice.retried": _("Days read again"),
        "register.reconciliation.added": _("Compared with the cabinet"),
        "register.reconciliation.signed": _("Comparison signed"),
        "register.subject.owner": _("Owner of a subject changed"),
        "register.subject.merged": _("Duplicate subjects put together"),
        "register.stream.agreed": _("Agreed age changed"),
        "register.template.saved": _("Column template saved"),
    }
)
describe_fields({"loaded": _("Rows loaded"), "new": _("New figures"), "changed": _("changed")})
link_targets(
    {
        Source: "register:source-detail",
        SyncRun: "register:run-detail",
        FileImport: "register:import-detail",
        MappingTemplate: "",
    }
)

# The mark of `components/badge.html` beside the word; green is for complete success only.
RUN_MARKS: dict[str, str] = {
    State.PLANNED: "",
    State.RUNNING: "info",
    State.WAITING: "warn",
    State.DONE: "good",
    State.PARTIAL: "warn",
    State.FAILED: "bad",
    State.CANCELLED: "",
}
IMPORT_MARKS: dict[str, str] = {
    FileImport.State.UPLOADED: "",
    FileImport.State.STARTED: "info",
    FileImport.State.DONE: "good",
    FileImport.State.REFUSED: "bad",
}
FLAG_WORDS: dict[str, StrOrPromise] = {
    "sampled": _("sampled"),
    "thresholded": _("cut off at a threshold"),
    "provisional": _("preliminary"),
    "manual": _("entered by hand"),
    "estimated": _("estimated"),
}

"""How this app's actions are called on the audit page, and how its states are said and marked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kpis.register.connectors.base import Group
from kpis.register.models import FileImport, MappingTemplate, Source, Subject, SyncRun
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
        "register.whole.set": _("Figure of a whole period entered"),
        "register.subject.created": _("Subject named by hand"),
        "register.subject.owner": _("Owner of a subject changed"),
        "register.subject.merged": _("Duplicate subjects put together"),
        "register.subject.parted": _("Duplicate subject parted again"),
        "register.stream.agreed": _("Agreed age changed"),
        "register.template.saved": _("Column template saved"),
    }
)
describe_fields(
    {
        "loaded": _("Rows loaded"),
        "rows": _("Rows loaded"),
        "new": _("New figures"),
        "duplicates": _("Duplicates"),
        "from_day": _("From day"),
        "changed": _("changed"),
        "subject": _("Subject"),
        "first_day": _("From day"),
        "last_day": _("To day"),
        "ours": _("Ours"),
        "cabinet": _("In the cabinet"),
        "tolerance": _("Tolerance, hundredths of a per cent"),
        "note": _("Explanation"),
    }
)
link_targets(
    {
        Subject: "register:subject-detail",
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
    FileImport.State.UNDONE: "",
}
FLAG_WORDS: dict[str, StrOrPromise] = {
    "sampled": _("sampled"),
    "thresholded": _("cut off at a threshold"),
    "provisional": _("preliminary"),
    "manual": _("entered by hand"),
    "estimated": _("estimated"),
}

GROUP_WORDS: dict[Group, StrOrPromise] = {
    Group.ANALYTICS: _("Web analytics"),
    Group.ADVERTISING: _("Advertising"),
    Group.SOCIAL: _("Social networks"),
    Group.MARKETPLACES: _("Marketplaces"),
    Group.MAILINGS: _("Mailings"),
    Group.CRM: _("CRM"),
    Group.TELEPHONY: _("Telephony"),
    Group.ACCOUNTING: _("Accounting"),
    Group.OTHER: _("Files and anything else"),
}
GROUP_ICONS: dict[Group, str] = {
    Group.ANALYTICS: "chart-histogram",
    Group.ADVERTISING: "ad-2",
    Group.SOCIAL: "users",
    Group.MARKETPLACES: "building-store",
    Group.MAILINGS: "mail",
    Group.CRM: "address-book",
    Group.TELEPHONY: "phone",
    Group.ACCOUNTING: "calculator",
    Group.OTHER: "plug",
}
# By the last part of a limit's name: "ga4.day" is a limit a day.
LIMIT_WORDS: dict[str, StrOrPromise] = {
    "day": _("Requests a day"),
    "daily": _("Requests a day"),
    "hour": _("Requests an hour"),
    "hourly": _("Requests an hour"),
    "project_hour": _("Requests an hour of the whole project"),
    "minute": _("Requests a minute"),
    "second": _("Requests a second"),
    "errors": _("Failed requests an hour"),
    "ip": _("Requests from this server"),
    "address": _("Requests from this server"),
    "queue": _("Reports at a time"),
    "reports": _("Reports at a time"),
}
OTHER_LIMIT: StrOrPromise = _("Requests")
# What a person can do about a fault, by its class (`connectors.errors`).
FAULT_ADVICE: dict[str, StrOrPromise] = {
    "retry": _("Such faults pass by themselves. If this one stays, look whether the source works."),
    "wait": _("Nothing to do: the days are read when the source lets us in again."),
    "auth": _("Enter a new secret in the settings of the source, then read these days again."),
    "config": _("Put the settings right, then read these days again."),
    "skip": _("The source does not give this part to us; the rest has been read."),
    "bug": _("The source answers in another way than agreed: show the answer to whoever keeps "
             "Modus, then read again from the kept answers."),
}  # fmt: skip
# What a run did, for its heading, where it is no reading of the source.
RUN_TITLES: dict[str, StrOrPromise] = {
    SyncRun.Trigger.REPLAY: _("Read from kept answers"),
    SyncRun.Trigger.SHEET: _("Figures entered by hand"),
    SyncRun.Trigger.UNDO: _("Import undone"),
}


def hours_words(hours: int) -> str:
    """``26 hours``, ``7 days``: exact, in days where it is whole days from two on."""
    if hours >= 48 and hours % 24 == 0:
        return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}


def age_words(at: dt.datetime) -> str:
    """How old something is, to be held against an agreed age: in hours up to three days."""
    hours = int((timezone.now() - at).total_seconds()) // 3600
    return hours_words(hours if hours < 72 else hours // 24 * 24)

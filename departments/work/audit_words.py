"""How this app's actions are called on the audit page, and where its rows are found."""

from django.utils.translation import gettext_lazy as _

from departments.work.models import CalendarDay, Decision, LogLine, Occurrence, OperationalTask
from staff.accounts.audit_registry import describe_actions, link_targets

describe_actions(
    {
        "work.task.created": _("Task created"),
        "work.task.changed": _("Task changed"),
        "work.task.installed": _("Tasks of the ideal model installed"),
        "work.occurrence.raised": _("Begun on an event"),
        "work.occurrence.started": _("Started"),
        "work.occurrence.finished": _("Finished"),
        "work.occurrence.reopened": _("Undone"),
        "work.occurrence.skipped": _("Skipped"),
        "work.occurrence.assigned": _("Handed over"),
        "work.log.added": _("Line of the log added"),
        "work.log.changed": _("Line of the log changed"),
        "work.log.deleted": _("Line of the log taken out"),
        "work.log.restored": _("Line of the log put back"),
        "work.calendar.set": _("Day of the calendar changed"),
        "work.calendar.removed": _("Day of the calendar back to the law"),
        "work.decision.raised": _("Decision asked for"),
        "work.decision.approved": _("Decision: approved"),
        "work.decision.declined": _("Decision: declined"),
    }
)
link_targets(
    {
        OperationalTask: "work:task-detail",
        Occurrence: "work:occurrence-detail",
        LogLine: "",
        Decision: "",
        CalendarDay: "",
    }
)

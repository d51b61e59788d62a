"""How this app's actions are called on the audit page, and where its rows are found."""

from django.utils.translation import gettext_lazy as _

from staff.accounts.audit_registry import describe_actions, link_targets
from staff.people.models import Absence, Appointment, Employee, Position

describe_actions(
    {
        "people.position.created": _("Position created"),
        "people.position.changed": _("Position changed"),
        "people.position.installed": _("Positions of the ideal model installed"),
        "people.employee.hired": _("Hired"),
        "people.employee.changed": _("Employee changed"),
        "people.employee.left": _("Left"),
        "people.appointment.started": _("Appointed"),
        "people.appointment.ended": _("Appointment ended"),
        "people.absence.added": _("Absence noted"),
        "people.absence.cancelled": _("Absence removed"),
    }
)
link_targets(
    {
        Employee: "people:employee-detail",
        Position: "people:position-detail",
        Appointment: "",
        Absence: "",
    }
)

"""Rights over operational tasks, the time log and decisions."""

from django.utils.translation import gettext_lazy as _

from staff.accounts.rights import EVERYONE, MANAGERS, READERS, STAFF, Role, declare

TASK_VIEW = declare("work.task.view", _("See operational tasks"), *EVERYONE)
TASK_DO = declare("work.task.do", _("Carry out tasks and keep the time log"), *STAFF)
TASK_MANAGE = declare("work.task.manage", _("Set up operational tasks"), *MANAGERS)
TEAM_VIEW = declare("work.team.view", _("See the team's day"), *MANAGERS, *READERS)
CALENDAR_MANAGE = declare(
    "work.calendar.manage", _("Change the production calendar"), Role.HEAD, Role.DIRECTOR
)
DECISION_VIEW = declare(
    "work.decision.view", _("See what waits for a decision"), Role.HEAD, Role.DIRECTOR
)
DECISION_DECIDE = declare("work.decision.decide", _("Decide"), Role.HEAD, Role.DIRECTOR)

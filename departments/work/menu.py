"""Lines of the main menu, and tasks in the global search."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.registry import NavItem, SearchHit, register_nav, register_search
from departments.work import policies
from departments.work.models import OperationalTask
from departments.work.wording import rhythm_words
from staff.accounts.models import User

register_nav(
    NavItem("my-day", _("My day"), "work:my-day", "checklist", "today", 20, policies.TASK_DO)
)
register_nav(
    NavItem(
        "team-today",
        _("Team today"),
        "work:team-today",
        "users-group",
        "today",
        30,
        policies.TEAM_VIEW,
        short=_("Team"),
    )
)
register_nav(
    NavItem(
        "decisions",
        # Translators: menu line, the list of questions that wait for the head's answer
        _("Decisions"),
        "work:decision-list",
        "gavel",
        "today",
        40,
        policies.DECISION_VIEW,
    )
)
register_nav(
    NavItem(
        "tasks",
        _("Operational tasks"),
        "work:task-list",
        "repeat",
        "team",
        10,
        policies.TASK_VIEW,
        short=_("Tasks"),
    )
)
register_nav(
    NavItem(
        "calendar",
        _("Production calendar"),
        "work:calendar",
        "calendar",
        "settings",
        30,
        policies.TASK_VIEW,
        # Translators: menu line, the production calendar
        short=_("Calendar"),
    )
)


@register_search
def tasks(user: User, query: str, limit: int) -> Iterator[SearchHit]:
    """Operational tasks by name, code or what a good result is."""
    said = (
        Q(name_ru__icontains=query)
        | Q(name_en__icontains=query)
        | Q(model_code__iexact=query)
        | Q(checklist_ru__icontains=query)
        | Q(checklist_en__icontains=query)
    )
    visible = OperationalTask.objects.visible_to(user, policies.TASK_VIEW)
    for task in visible.filter(said)[:limit]:
        yield SearchHit(_("Task"), task.name, task.get_absolute_url(), rhythm_words(task))

"""Addresses of the work app, under ``/work/``."""

from django.urls import path

from departments.work.views import calendar, decisions, doing, log, my_day, occurrences, tasks, team

app_name = "work"
urlpatterns = [
    path("my-day/", my_day.my_day_page, name="my-day"),
    path("log/add/", log.log_add, name="log-add"),
    path("log/<uuid:uid>/edit/", log.LogEdit.as_view(), name="log-edit"),
    path("log/<uuid:uid>/delete/", log.log_delete, name="log-delete"),
    path("log/<uuid:uid>/restore/", log.log_restore, name="log-restore"),
    path("log/<uuid:uid>/proof/", log.proof_file, name="proof-file"),
    path("occurrences/<uuid:uid>/", occurrences.occurrence_detail, name="occurrence-detail"),
    path("occurrences/<uuid:uid>/start/", doing.occurrence_start, name="occurrence-start"),
    path("occurrences/<uuid:uid>/finish/", doing.occurrence_finish, name="occurrence-finish"),
    path("occurrences/<uuid:uid>/reopen/", doing.occurrence_reopen, name="occurrence-reopen"),
    path("occurrences/<uuid:uid>/skip/", doing.occurrence_skip, name="occurrence-skip"),
    path("occurrences/<uuid:uid>/assign/", doing.occurrence_assign, name="occurrence-assign"),
    path("tasks/", tasks.TaskList.as_view(), name="task-list"),
    path("tasks/new/", tasks.TaskCreate.as_view(), name="task-create"),
    path("tasks/<uuid:uid>/", tasks.task_detail, name="task-detail"),
    path("tasks/<uuid:uid>/edit/", tasks.TaskEdit.as_view(), name="task-edit"),
    path("tasks/<uuid:uid>/switch/", tasks.task_switch, name="task-switch"),
    path("tasks/<uuid:uid>/raise/", doing.task_raise, name="task-raise"),
    path("team/", team.team_page, name="team-today"),
    path("calendar/", calendar.calendar_page, name="calendar"),
    path("calendar/set/", calendar.CalendarDaySet.as_view(), name="calendar-set"),
    path("calendar/<uuid:uid>/remove/", calendar.calendar_day_remove, name="calendar-remove"),
    path("decisions/", decisions.decision_list, name="decision-list"),
    path("decisions/<uuid:uid>/", decisions.decision_answer, name="decision-decide"),
]

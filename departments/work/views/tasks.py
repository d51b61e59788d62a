"""Operational tasks: the list, the card, setting up."""

from __future__ import annotations

import uuid
from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from config.lib.forms import FormPage
from config.lib.listing import ListPage
from departments.structure.models import Department
from departments.work import policies
from departments.work.filters import TaskFilter
from departments.work.forms.day import EventForm
from departments.work.forms.task import TaskForm
from departments.work.models import OperationalTask
from departments.work.selectors.card import history, occurrences_of
from departments.work.services import tasks as service
from departments.work.wording import duration_words, rhythm_words
from staff.accounts.access import Access, access, require, user_of


class TaskTable(tables.Table):
    # In the order of the model: A.O2 comes before A.O10.
    model_code = tables.Column(
        verbose_name=gettext_lazy("Code"), order_by=("direction__code", "pk")
    )
    name = tables.Column(verbose_name=gettext_lazy("Task"), order_by=("name_ru",))
    rhythm = tables.Column(
        empty_values=(), verbose_name=gettext_lazy("Rhythm"), order_by=("frequency", "weekday")
    )
    responsible = tables.Column(
        empty_values=(), verbose_name=gettext_lazy("Responsible"), orderable=False
    )
    minutes = tables.Column(verbose_name=gettext_lazy("Planned"))
    is_active = tables.BooleanColumn(verbose_name=gettext_lazy("In force"), yesno="✓,—")

    class Meta:
        model = OperationalTask
        fields = ("model_code", "name", "rhythm", "responsible", "minutes", "is_active")
        order_by = ("model_code",)

    def render_rhythm(self, record: OperationalTask) -> str:
        return rhythm_words(record)

    def value_rhythm(self, record: OperationalTask) -> str:
        return rhythm_words(record)

    def render_responsible(self, record: OperationalTask) -> str:
        return str(record.employee or record.position or "—")

    def value_responsible(self, record: OperationalTask) -> str:
        return str(record.employee or record.position or "")

    def render_minutes(self, value: int) -> str:
        return duration_words(value)


class TaskList(ListPage):
    access = Access("right", policies.TASK_VIEW)
    title = gettext_lazy("Operational tasks")
    lead = gettext_lazy("What is done again and again: the rhythm, who answers, the planned time.")
    table_class = TaskTable
    filterset_class = TaskFilter
    search_fields = ("name_ru", "name_en", "model_code")
    create_url_name = "work:task-create"
    create_label = gettext_lazy("New task")
    create_right = policies.TASK_MANAGE
    empty_title = gettext_lazy("No operational tasks yet")
    empty_text = gettext_lazy(
        "A department created by the ideal model brings them along; or add the first one."
    )
    empty_icon = "repeat"
    export_name = "tasks"

    def get_queryset(self) -> QuerySet[OperationalTask]:
        rows = OperationalTask.objects.visible_to(user_of(self.request), policies.TASK_VIEW)
        return rows.select_related("position", "employee", "unit", "direction")


def found(request: HttpRequest, uid: uuid.UUID) -> OperationalTask:
    rows = OperationalTask.objects.visible_to(user_of(request), policies.TASK_VIEW)
    joined = rows.select_related(
        "department__company", "scope", "direction__scope", "unit", "position", "employee"
    )
    task: OperationalTask = get_object_or_404(joined, uid=uid)
    return task


@require_GET
@access(policies.TASK_VIEW)
def task_detail(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    task = found(request, uid)
    user = user_of(request)
    context = {
        "task": task,
        "occurrences": occurrences_of(task),
        "events": history(task),
        "can_manage": user.can(policies.TASK_MANAGE, task.scope),
        "can_raise": task.is_active and user.can(policies.TASK_DO, task.scope),
        "event_form": EventForm(),
    }
    return render(request, "work/task.html", context)


class TaskCreate(FormPage):
    """A task of one's own, beside those of the model."""

    access = Access("right", policies.TASK_MANAGE)
    form_class = TaskForm
    title = gettext_lazy("New operational task")
    success_message = gettext_lazy("The task is in force.")
    cancel_url_name = "work:task-list"

    def department(self) -> Department:
        departments = Department.objects.visible_to(
            user_of(self.request), policies.TASK_MANAGE
        ).select_related("company", "scope")
        if wanted := self.request.GET.get("department", ""):
            departments = departments.filter(name=wanted)
        department: Department | None = departments.order_by("pk").first()
        if department is None:
            raise Http404
        return department

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "department": self.department()}

    def service(self, form: Any) -> object:
        return service.task_create(
            actor=user_of(self.request), department=self.department(), plan=form.plan
        )


class TaskEdit(FormPage):
    access = Access("right", policies.TASK_MANAGE)
    form_class = TaskForm
    title = gettext_lazy("Set up the task")
    success_message = gettext_lazy("Saved. The new rhythm counts from today.")

    def task(self) -> OperationalTask:
        task = found(self.request, self.kwargs["uid"])
        require(user_of(self.request), policies.TASK_MANAGE, task.scope)
        return task

    def get_form_kwargs(self) -> dict[str, Any]:
        task = self.task()
        return {**super().get_form_kwargs(), "instance": task, "department": task.department}

    def get_cancel_url(self) -> str:
        return reverse("work:task-detail", args=[self.kwargs["uid"]])

    def service(self, form: Any) -> object:
        return service.task_edit(actor=user_of(self.request), task=self.task(), plan=form.plan)


@require_POST
@access(policies.TASK_MANAGE)
def task_switch(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Switch on or off, as the form says."""
    active = request.POST.get("active") == "1"
    task = service.task_set_active(actor=user_of(request), task=found(request, uid), active=active)
    messages.success(request, _("Switched on") if active else _("Switched off"))
    return redirect(task)

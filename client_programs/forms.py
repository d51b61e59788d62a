"""Forms of client groups and programmes. Services decide, choices only spare detours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from client_programs import policies
from client_programs.models import ClientGroup, Programme
from config.lib.fields import choose, day_widget
from departments.structure.models import Department, Direction
from staff.accounts.models import User
from staff.people.responsible import responsible_choices


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    class Meta:
        model = ClientGroup
        fields = ("department", "name", "description", "size_estimate", "size_on")
        widgets = {"description": forms.Textarea(attrs={"rows": 3}), "size_on": day_widget()}

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["department"]
            return
        mine = Department.objects.visible_to(actor, policies.GROUP_MANAGE)
        rows = mine.select_related("company")
        choose(self, "department", rows, lambda row: f"{row.company} · {row}")


class ProgrammeForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    class Meta:
        model = Programme
        fields = ("direction", "name", "group", "goal", "starts_on", "ends_on", "responsible")
        widgets = {
            "goal": forms.Textarea(attrs={"rows": 3}),
            "starts_on": day_widget(),
            "ends_on": day_widget(),
        }
        help_texts = {"ends_on": _("Empty: until it is closed.")}

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = ClientGroup.objects.visible_to(actor, policies.GROUP_VIEW)
        if self.instance.pk:
            del self.fields["direction"]
            groups = groups.in_use() | groups.filter(pk=self.instance.group_id)
            groups = groups.filter(department=self.instance.direction.department_id)
        else:
            mine = Direction.objects.visible_to(actor, policies.PROGRAMME_MANAGE)
            rows = mine.filter(code="B").select_related("department__company")
            choose(self, "direction", rows, lambda row: f"{row.department.company} · {row}")
            groups = groups.in_use()
        choose(self, "group", groups)
        choose(self, "responsible", responsible_choices(actor, self.instance.responsible))


class CloseForm(forms.Form):
    conclusions = forms.CharField(
        label=_("Conclusions"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What worked, what did not, what to take into the next programme."),
    )

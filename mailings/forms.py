"""Forms of mailings. Services decide, choices only spare detours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from client_programs.models import ClientGroup
from client_programs.policies import GROUP_VIEW
from config.lib.fields import choose, moment_widget
from departments.structure.models import Direction
from mailings import policies
from mailings.models import Mailing
from staff.accounts.models import User
from staff.people.responsible import responsible_choices


class MailingForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    class Meta:
        model = Mailing
        fields = (
            "direction",
            "name",
            "group",
            "medium",
            "planned_at",
            "responsible",
            "service_url",
        )
        widgets = {"planned_at": moment_widget()}

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = ClientGroup.objects.visible_to(actor, GROUP_VIEW)
        if self.instance.pk:
            del self.fields["direction"]
            groups = groups.in_use() | groups.filter(pk=self.instance.group_id)
            groups = groups.filter(department=self.instance.direction.department_id)
        else:
            mine = Direction.objects.visible_to(actor, policies.MAILING_MANAGE)
            rows = mine.filter(code="C").select_related("department__company")
            choose(self, "direction", rows, lambda row: f"{row.department.company} · {row}")
            groups = groups.in_use()
        choose(self, "group", groups)
        choose(self, "responsible", responsible_choices(actor, self.instance.responsible))


class SentForm(forms.Form):
    sent_at = forms.DateTimeField(label=_("Sent at"), widget=moment_widget())
    recipients = forms.IntegerField(
        label=_("Recipients"),
        min_value=1,
        max_value=2_000_000_000,
        help_text=_("How many people it went to, as the mailing service says."),
    )


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Why is it cancelled?"), max_length=250)

"""Forms of vacancies and candidates. Services decide, choices only spare detours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.fields import choose, day_widget
from staff.accounts.models import User
from staff.hiring import policies
from staff.hiring.models import Candidate, Vacancy
from staff.hiring.services.candidates import NEXT
from staff.people.models import Employee, Position
from staff.people.responsible import responsible_choices


class VacancyForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    class Meta:
        model = Vacancy
        fields = ("position", "opened_on", "reason")
        widgets = {"opened_on": day_widget()}

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opened_on"].initial = timezone.localdate
        choose(self, "position", Position.objects.visible_to(actor, policies.HIRING_MANAGE))


class CandidateForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    class Meta:
        model = Candidate
        fields = ("full_name", "contact", "source")


class MoveForm(forms.Form):
    """The next stage out of those that follow the candidate's."""

    stage = forms.ChoiceField(label=_("Stage"))
    mentor = forms.ModelChoiceField(
        queryset=Employee.objects.none(),
        label=_("Mentor"),
        required=False,
        help_text=_("Needed for an internship."),
    )
    verdict = forms.CharField(
        label=_("Verdict"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed to hire or to refuse: why yes or why no."),
    )

    def __init__(self, *args: Any, actor: User, candidate: Candidate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        following = NEXT[candidate.stage]
        stage = self.fields["stage"]
        assert isinstance(stage, forms.ChoiceField)  # noqa: S101  declared above
        known = [item for item in Candidate.Stage.choices if item[0] in following]
        stage.choices = [("", "---------"), *known]  # a decision is never the default
        department = candidate.vacancy.position.department_id
        mentors = responsible_choices(actor, candidate.mentor).filter(department=department)
        choose(self, "mentor", mentors)
        self.fields["mentor"].initial = candidate.mentor_id
        self.fields["verdict"].initial = candidate.verdict


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Why is nobody looked for any longer?"), max_length=250)

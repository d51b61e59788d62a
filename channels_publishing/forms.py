"""Forms of channels and placements. Services decide, choices only spare detours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels_publishing import policies
from channels_publishing.models import Channel, Placement
from config.lib.fields import MoneyField, choose, moment_widget
from departments.structure.models import Direction
from kpis.register.models import Source
from kpis.register.policies import SOURCE_VIEW
from staff.accounts.models import User
from staff.people.responsible import responsible_choices


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    class Meta:
        model = Channel
        fields = ("direction", "kind", "name", "url", "audience", "responsible", "source")
        widgets = {"audience": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["direction"]  # a channel stays where it is
        else:
            mine = Direction.objects.visible_to(actor, policies.CHANNEL_MANAGE)
            rows = mine.filter(code="A").select_related("department__company")
            choose(self, "direction", rows, lambda row: f"{row.department.company} · {row}")
        choose(self, "responsible", responsible_choices(actor, self.instance.responsible))
        choose(self, "source", Source.objects.visible_to(actor, SOURCE_VIEW))


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(label=_("Verdict"), choices=Channel.Verdict.choices)
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Audience, cost and results that led to the verdict."),
    )


class PlacementForm(forms.ModelForm):  # type: ignore[type-arg]  # generic over the model
    cost = MoneyField(
        label=_("Cost"), required=False, min_value=0, help_text=_("Empty: not known yet.")
    )

    class Meta:
        model = Placement
        fields = ("channel", "title", "planned_at", "cost")
        widgets = {"planned_at": moment_widget()}

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["channel"]
            return
        mine = Channel.objects.visible_to(actor, policies.PLACEMENT_MANAGE)
        choose(self, "channel", mine.filter(archived_at=None))


class PlaceForm(forms.Form):
    url = forms.URLField(
        label=_("Link to the placement"),
        max_length=500,
        assume_scheme="https",
        help_text=_("Where it can be seen: this is the evidence."),
    )
    published_at = forms.DateTimeField(label=_("Placed at"), widget=moment_widget())


class CheckForm(forms.Form):
    good = forms.TypedChoiceField(
        label=_("What did you see?"),
        choices=[("yes", _("It stands as agreed")), ("no", _("Something is wrong"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )
    evidence_url = forms.URLField(
        label=_("Link to the evidence"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("A screenshot or a photo, where there is one."),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        help_text=_("Needed when something is wrong: what has to be put right."),
    )


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Why is it given up?"), max_length=500)

"""Forms of a subject: who answers for it, and which others are the same thing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.forms import DayInput
from kpis.register.models import Subject
from kpis.register.selectors.subjects import origin_label
from staff.accounts.models import User
from staff.accounts.selectors import colleagues


class OwnerForm(forms.Form):
    user = forms.ModelChoiceField(
        label=_("Who answers for it"),
        queryset=User.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label=_("nobody"),
    )
    from_day = forms.DateField(
        label=_("From day"),
        widget=DayInput(),
        help_text=_("Earlier days stay with whoever answered then."),
    )

    def __init__(self, *args: Any, viewer: User, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Q(pk=viewer.pk) | Q(pk__in=colleagues(viewer).values("pk")) | Q(pk=subject.owner_id)
        people = User.objects.filter(known).order_by("full_name")
        self.fields["user"].queryset = people  # type: ignore[attr-defined]  # a model's choice
        self.initial.setdefault("user", subject.owner.uid if subject.owner else None)
        self.initial.setdefault("from_day", timezone.localdate())


class MergeForm(forms.Form):
    """``offered`` are the subjects that may be chosen."""

    duplicates = forms.MultipleChoiceField(
        label=_("The same thing as this one"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, offered: list[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(item.uid): item for item in offered}
        field = self.fields["duplicates"]
        named = [(uid, f"{row.label} · {origin_label(row)}") for uid, row in self.offered.items()]
        field.choices = named  # type: ignore[attr-defined]  # a choice
        field.error_messages["required"] = _("Mark at least one.")

    def chosen(self) -> list[Subject]:
        """The marked subjects. Call after ``is_valid()``."""
        return [self.offered[uid] for uid in self.cleaned_data["duplicates"]]

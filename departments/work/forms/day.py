"""Forms of a person's day."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.work.forms.fields import MinutesField, ProofField, proof_url_field
from departments.work.models import LogLine, Occurrence
from departments.work.selectors.assignees import assignees
from departments.work.services.log import LogEntry
from staff.accounts.models import User


class EntryForm(forms.Form):
    """What was done, how long, and the proof."""

    text = forms.CharField(label=_("What was done"), max_length=500, required=False)
    minutes = MinutesField(label=_("Time"), required=False)
    proof_url = proof_url_field()
    proof_file = ProofField(label=_("Photo or PDF"))

    @property
    def entry(self) -> LogEntry:
        """What a valid form told."""
        return LogEntry(**{name: self.cleaned_data[name] for name in EntryForm.base_fields})


class LogForm(EntryForm):
    """The line that is always at hand; ``occurrence`` ties it to a task of the day."""

    occurrence = forms.ModelChoiceField(
        label=_("Task"),
        queryset=Occurrence.objects.none(),
        to_field_name="uid",
        required=False,
        # Translators: the choice of a time-log line that belongs to no task
        empty_label=_("Without a task"),
    )
    field_order = ["text", "minutes", "occurrence", "proof_url", "proof_file"]

    def __init__(self, *args: Any, occurrences: list[Occurrence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Occurrence]", self.fields["occurrence"])
        keys = [each.pk for each in occurrences]
        field.queryset = Occurrence.objects.filter(pk__in=keys).select_related("task", "scope")
        # The rows are in hand already: no query for the choices.
        named = [(str(each.uid), each.task.name) for each in occurrences]
        field.widget.choices = [("", field.empty_label), *named]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        told = any(values.get(name) for name in ("text", "minutes", "proof_url", "proof_file"))
        if not told and not self.errors:
            self.add_error("text", _("Write what was done, or how long it took."))
        return values


class LogEditForm(EntryForm):
    """An own line of today. An attached file stays until another is chosen."""

    def __init__(self, *args: Any, line: LogLine, **kwargs: Any) -> None:
        told = {"text": line.text, "minutes": line.minutes, "proof_url": line.proof_url}
        super().__init__(*args, **{**kwargs, "initial": told})
        if line.proof_file:
            self.fields["proof_file"].help_text = line.proof_name


class FinishForm(EntryForm):
    """Finishing with a proof, the time or a word."""

    def __init__(self, *args: Any, occurrence: Occurrence, has_proof: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_proof = occurrence.task.evidence_required and not has_proof

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        proof = values.get("proof_url") or values.get("proof_file")
        if self.needs_proof and not proof and not self.errors:
            message = _("This task is finished with a proof: add a link, a photo or a PDF.")
            self.add_error("proof_url", message)
        return values


class SkipForm(forms.Form):
    reason = forms.CharField(label=_("Why it is skipped"), max_length=250)
    with_earlier = forms.BooleanField(label=_("Skip the earlier missed ones too"), required=False)


class EventForm(forms.Form):
    event = forms.CharField(label=_("What happened"), max_length=250)


class AssignForm(forms.Form):
    """Handing a task to somebody who can do it."""

    assignee = forms.ModelChoiceField(
        label=_("Who does it"), queryset=User.objects.none(), to_field_name="uid"
    )

    def __init__(self, *args: Any, occurrence: Occurrence, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[User]", self.fields["assignee"])
        field.queryset = assignees(occurrence.scope)
        if occurrence.assignee:
            self.initial["assignee"] = occurrence.assignee.uid

"""Forms of alert rules and of notes: shape only, services check and write."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.forms import DayInput, ModusFormHelper
from departments.structure.models import Department
from kpis.indicators import policies
from kpis.indicators.engine.units import UnitKind
from kpis.indicators.engine.values import exact
from kpis.indicators.forms.targets import MAX_LETTERS, read_amount
from kpis.indicators.measure import Measure
from kpis.indicators.models import AlertRule, Annotation, Kpi
from kpis.indicators.services.alert_rules import FIELDS, RulePlan
from staff.accounts.models import RoleGrant, Scope, User
from staff.accounts.models.scope import within
from staff.accounts.rights import right

HUNDREDTHS = (UnitKind.SHARE, UnitKind.POINTS)


def places_of(department: Department, user: User, code: str) -> Any:
    """The department and its directions, those on which ``user`` holds the right ``code``."""
    kinds = (Scope.Kind.DEPARTMENT, Scope.Kind.DIRECTION)
    rows = Scope.objects.filter(path__startswith=department.scope.path, kind__in=kinds)
    if not user.is_superuser:
        rows = rows.filter(within_paths(user.paths_with(code)))
    return rows.order_by("path")


def within_paths(paths: list[str]) -> Any:
    """Scopes that lie under any of ``paths``."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(path__startswith=path)
    return condition


def readers_of(department: Department) -> Any:
    """Active people who may see alerts of the department or of a part of it."""
    roles = right(policies.ALERT_VIEW).roles
    grants = RoleGrant.objects.active().filter(role__in=roles)
    there = within([department.scope.path])
    above = grants.filter(scope_id__in=department.scope.ancestor_ids())
    ids = grants.filter(there).values("user")
    return (
        User.objects.filter(is_active=True)
        .filter(pk__in=above.values("user").union(ids))
        .order_by("full_name")
    )


class AlertRuleForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Thresholds are typed as the KPI is written: a share in percent."""

    level = forms.CharField(
        label=_("Threshold"),
        max_length=MAX_LETTERS,
        required=False,
        help_text=_("In the KPI's unit; for a change in percent."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    hysteresis = forms.CharField(
        label=_("Back to normal beyond the threshold by"),
        max_length=MAX_LETTERS,
        required=False,
        help_text=_("So that a value near the threshold does not call all day. 0 is allowed."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    class Meta:
        model = AlertRule
        fields = [
            "scope", "kpi", "kind", "over", "against", "hours", "recipients", "in_app", "by_mail",
            "is_active",
        ]  # fmt: skip
        widgets = {"recipients": forms.CheckboxSelectMultiple}
        help_texts = {
            "over": _("For thresholds."),
            "against": _("For a change."),
            "hours": _("For “no data”: so many since the newest day ended."),
        }

    def __init__(self, *args: Any, department: Department, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = department.company.currency
        fields: dict[str, Any] = self.fields
        fields["scope"].queryset = places_of(department, viewer, policies.ALERT_MANAGE)
        fields["scope"].initial = department.scope
        fields["kpi"].queryset = Kpi.objects.filter(archived_at=None)
        fields["recipients"].queryset = readers_of(department)
        fields["recipients"].required = False
        fields["over"].required = fields["against"].required = False
        rule: AlertRule = self.instance
        if rule._state.adding:
            self.initial.setdefault("recipients", [viewer.pk])
        else:
            self.initial["level"] = self._typed(rule, rule.level)
            self.initial["hysteresis"] = self._typed(rule, rule.hysteresis)

    helper = ModusFormHelper()
    helper.layout = Layout(
        Row(Column("kpi"), Column("scope")),
        "kind",
        Fieldset(
            _("Terms"),
            Row(Column("level"), Column("hysteresis")),
            Row(Column("over"), Column("against"), Column("hours")),
        ),
        "recipients",
        Row(Column("in_app"), Column("by_mail")),
        "is_active",
    )

    def _typed(self, rule: AlertRule, value: Decimal | None) -> str:
        if value is None:
            return ""
        measure = Measure.of(rule.kpi, self.currency)
        plain = rule.kind == AlertRule.Kind.CHANGE or measure.kind not in HUNDREDTHS
        return Measure(UnitKind.COUNT if plain else measure.kind, 0).typed(exact(value))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        kpi: Kpi | None = values.get("kpi")
        share = (
            kpi is not None
            and UnitKind(kpi.unit) in HUNDREDTHS
            and values.get("kind") != AlertRule.Kind.CHANGE
        )
        for name, empty in (("level", None), ("hysteresis", Decimal(0))):
            text = (values.get(name) or "").strip()
            try:
                typed = read_amount(text) if text else empty
            except forms.ValidationError as error:
                self.add_error(name, error)
                continue
            values[name] = typed / 100 if typed and share else typed
        for name in ("over", "against"):
            values[name] = values.get(name) or getattr(AlertRule(), name)
        return values

    def _get_validation_exclusions(self) -> set[str]:
        """The service checks the rule as a whole."""
        return {*super()._get_validation_exclusions(), *FIELDS}  # type: ignore[misc]  # Django's own

    def validate_constraints(self) -> None:
        """See above."""

    @property
    def plan(self) -> RulePlan:
        """What was typed, for the service. Call after ``is_valid()``."""
        values = {name: self.cleaned_data[name] for name in FIELDS}
        return RulePlan(values, list(self.cleaned_data["recipients"]))


class AnnotationForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = Annotation
        fields = ["scope", "kpi", "first_day", "last_day", "text", "excludes_from_norm"]
        widgets = {
            "first_day": DayInput(),
            "last_day": DayInput(),
            "text": forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        }
        help_texts = {"kpi": _("Empty: all KPIs.")}

    def __init__(self, *args: Any, department: Department, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["scope"].queryset = places_of(department, viewer, policies.ANNOTATION_WRITE)
        fields["kpi"].queryset = Kpi.objects.filter(archived_at=None)
        if not self.instance._state.adding:
            del fields["scope"]
            if self.instance.by_product:
                for name in ("kpi", "first_day", "last_day", "text"):
                    del fields[name]

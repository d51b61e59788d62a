"""What the API says about KPIs and targets, for its description. `shapes` makes the answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from config.lib.api_docs import number_field
from kpis.indicators.engine.attain import Lamp
from kpis.indicators.engine.forecast import ForecastMethod
from kpis.indicators.engine.periods import Grain
from kpis.indicators.engine.values import Reason, State
from kpis.indicators.models import Kpi

Fields = dict[str, Any]


class TwoDays:
    """Adds ``from`` and ``to``, both days included; "from" is no name for an attribute."""

    nullable = False

    def get_fields(self) -> Fields:
        days = {name: serializers.DateField(allow_null=self.nullable) for name in ("from", "to")}
        fields: Fields = super().get_fields()  # type: ignore[misc]  # of the serializer beside it
        return fields | days


class TextSchema(serializers.Serializer[Any]):
    """A text in both languages, "" where it was not written."""

    ru = serializers.CharField(allow_blank=True)
    en = serializers.CharField(allow_blank=True)


class ValueSchema(serializers.Serializer[Any]):
    """Exactly one of a number as text and the reason why there is none. A share is 0…1."""

    value = number_field(allow_null=True)
    reason = serializers.ChoiceField([item.value for item in Reason], allow_null=True)


class EvaluationSchema(TwoDays, ValueSchema):
    """A value, the days it is about and how far to trust it."""

    nullable = True
    state = serializers.ChoiceField([item.value for item in State])
    coverage = number_field(allow_null=True)
    covered = serializers.IntegerField(help_text="Days × sources that are there.")
    expected = serializers.IntegerField(help_text="Days × sources that should be there.")
    incomplete = serializers.BooleanField()
    uneven = serializers.BooleanField(help_text="Only days that all metrics have were used.")
    alert = serializers.BooleanField(help_text="Something was divided by zero.")


class BoundsSchema(serializers.Serializer[Any]):
    low = number_field()
    high = number_field()


class PartSchema(TwoDays, ValueSchema):
    """A metric of the formula: what entered it, over which days, on how many of them it was."""

    metric = serializers.CharField()
    days = serializers.IntegerField()
    shifts = serializers.ListField(child=serializers.CharField())
    bounds = BoundsSchema(allow_null=True)


class FactSchema(EvaluationSchema):
    parts = PartSchema(many=True)


class ComparedSchema(EvaluationSchema):
    """The KPI in an earlier period, and the change since."""

    difference = ValueSchema()
    ratio = ValueSchema()


class AttainmentSchema(ValueSchema):
    """``percent`` is what people see: never rounded up to a threshold."""

    percent = number_field(allow_null=True)


class JudgedSchema(AttainmentSchema):
    lamp = serializers.ChoiceField([item.value for item in Lamp])


class ForecastSchema(ValueSchema):
    method = serializers.ChoiceField([item.value for item in ForecastMethod])
    attainment = AttainmentSchema()


class IntervalSchema(BoundsSchema):
    sample = number_field()
    uncertain = serializers.BooleanField(help_text="The plan lies inside the interval.")


class PeriodSchema(TwoDays, serializers.Serializer[Any]):
    grain = serializers.ChoiceField([item.value for item in Grain])
    name = serializers.CharField(help_text="2026-11-30, 2026-W53, 2026-11, 2026-Q4, 2026.")


class WhoseSchema(serializers.Serializer[Any]):
    """A department or a direction of it; its uid is what `scope` asks for."""

    uid = serializers.UUIDField()
    kind = serializers.ChoiceField(["department", "direction"])
    name = serializers.CharField()
    department = serializers.CharField()
    company = serializers.CharField()
    currency = serializers.CharField()


class WhosePage(serializers.Serializer[Any]):
    results = WhoseSchema(many=True)
    next = serializers.URLField(allow_null=True)


class DueSchema(serializers.Serializer[Any]):
    """What of a month's target is due by the end of a day."""

    day = serializers.DateField()
    due = number_field()


class TargetSchema(serializers.Serializer[Any]):
    """A month's target; a ``value`` of null was withdrawn."""

    uid = serializers.UUIDField()
    month = serializers.CharField(help_text="2026-11.")
    value = number_field(allow_null=True)
    upper = number_field(allow_null=True)
    milestones = DueSchema(many=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why it replaced an earlier one.")
    author = serializers.CharField(allow_null=True)
    set_at = serializers.DateTimeField()


class ReadingSchema(serializers.Serializer[Any]):
    """A KPI in a period, explained down to its parts."""

    code = serializers.CharField()
    unit = serializers.ChoiceField(Kpi.Unit.choices)
    currency = serializers.CharField()
    scope = WhoseSchema()
    period = PeriodSchema()
    as_of = serializers.DateField(help_text="The last complete day.")
    formula = serializers.CharField()
    fact = FactSchema()
    interval = IntervalSchema(allow_null=True)
    plan = ValueSchema()
    upper = ValueSchema()
    plan_to_date = ValueSchema()
    attainment = JudgedSchema()
    forecast = ForecastSchema()
    previous = ComparedSchema()
    last_year = ComparedSchema()
    same_weekdays = ComparedSchema()
    loaded_at = serializers.DateTimeField(allow_null=True)
    targets = TargetSchema(many=True)


class PointSchema(TwoDays, serializers.Serializer[Any]):
    name = serializers.CharField()
    as_of = serializers.DateField()
    fact = EvaluationSchema()
    plan = ValueSchema()
    attainment = AttainmentSchema()


class SeriesSchema(serializers.Serializer[Any]):
    """A KPI in a row of periods, the oldest first."""

    code = serializers.CharField()
    unit = serializers.ChoiceField(Kpi.Unit.choices)
    scope = WhoseSchema()
    grain = serializers.ChoiceField([item.value for item in Grain])
    points = PointSchema(many=True)


class VersionSchema(serializers.Serializer[Any]):
    formula = serializers.CharField()
    valid_from = serializers.DateField()
    reason = serializers.CharField(allow_blank=True)


class KpiSchema(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = TextSchema()
    level = serializers.ChoiceField(Kpi.Level.choices)
    unit = serializers.ChoiceField(Kpi.Unit.choices)
    better = serializers.ChoiceField(Kpi.Way.choices)
    plan_method = serializers.ChoiceField(Kpi.Plan.choices)
    formula = serializers.CharField()
    valid_from = serializers.DateField()


class KpiPage(serializers.Serializer[Any]):
    results = KpiSchema(many=True)
    next = serializers.URLField(allow_null=True)


class DefinitionSchema(KpiSchema):
    """What a KPI is, with every version of its formula, the oldest first."""

    number = serializers.CharField(allow_blank=True)
    section = serializers.ChoiceField(Kpi.Section.choices)
    kind = serializers.ChoiceField(Kpi.Kind.choices)
    decimals = serializers.IntegerField()
    span = serializers.ChoiceField(Kpi.Span.choices)
    span_days = serializers.IntegerField(allow_null=True)
    maturity_days = serializers.IntegerField()
    is_main = serializers.BooleanField()
    is_informational = serializers.BooleanField()
    is_archived = serializers.BooleanField()
    meaning = TextSchema()
    source = TextSchema()  # type: ignore[assignment]  # a field, as the library wants it
    limits = TextSchema()
    mistakes = TextSchema()
    metrics = serializers.ListField(child=serializers.CharField())
    versions = VersionSchema(many=True)


class KpiTargetSchema(TargetSchema):
    kpi = serializers.CharField()
    scope = serializers.UUIDField(help_text="The uid of a department or a direction.")


class TargetPage(serializers.Serializer[Any]):
    results = KpiTargetSchema(many=True)
    next = serializers.URLField(allow_null=True)

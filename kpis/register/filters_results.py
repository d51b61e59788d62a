"""Filters of results, of changed results and of comparisons; kept in the address."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import django_filters as filters
from django import forms
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.forms import DayInput
from config.lib.text import filled
from kpis.register import policies
from kpis.register.models import Metric, Reconciliation, Result, ResultRevision, Source, Subject
from kpis.register.models.result import Flag
from kpis.register.periods import OWN, PERIODS, Span, named_span
from kpis.register.selectors.explore import metrics_seen, newest_day
from kpis.register.selectors.pivot import COLUMNS, ROWS, Selection
from kpis.register.selectors.pivot_table import DIMS
from kpis.register.selectors.reconciliations import Verdict
from kpis.register.selectors.subject_tree import SubjectChoice
from kpis.register.wording import FLAG_WORDS
from staff.accounts.models import Scope

# Translators: a filter that is not set, "any (role, state)"
ANY = _("any")
LATEST = dt.timedelta(days=30)


def _sources(request: Any) -> QuerySet[Source]:
    found: QuerySet[Source] = Source.objects.visible_to(request.user, policies.SOURCE_VIEW)
    return found.order_by("name")


def _metrics(request: Any) -> list[tuple[str, str]]:
    """Metrics that sources of the person give, by name."""
    named = [(metric.code, metric.name) for metric in metrics_seen(request.user)]
    return sorted(named, key=lambda pair: pair[1].casefold())


class PeriodMixin:
    """A period by name, or own dates. Old links give dates only: those are own dates."""

    data: Any
    form: Any

    def _settle(self, data: Any, default: Span | None) -> Any:
        """``data`` with the dates that its period means; ``default`` where nothing is asked for."""
        data = data.copy()
        name = data.get("period", "")
        if not name and (data.get("first") or data.get("last")):
            data["period"] = OWN
        span = named_span(name, timezone.localdate()) if name else default
        if span is not None and data.get("period", "") != OWN:
            data["first"], data["last"] = (day.isoformat() for day in span)
        return data


class ResultFilter(PeriodMixin, filters.FilterSet):
    """Without a period: the last 31 days that have figures, so that the list costs the same however
    many years lie below. ``subject`` and ``scope`` have no field on the page: other pages link
    so."""

    metric = filters.MultipleChoiceFilter(
        label=_("Metrics"),
        field_name="metric__code",
        widget=forms.CheckboxSelectMultiple,
        distinct=False,
    )
    period = filters.ChoiceFilter(
        label=_("Period"),
        choices=PERIODS,
        method="as_it_is",
        empty_label=_("Last 31 days with figures"),
    )
    first = filters.DateFilter(
        label=_("From day"), field_name="day", lookup_expr="gte", widget=DayInput
    )
    last = filters.DateFilter(
        label=_("To day"), field_name="day", lookup_expr="lte", widget=DayInput
    )
    source = filters.ModelChoiceFilter(
        label=_("Source"),
        field_name="stream__source",
        to_field_name="uid",
        queryset=_sources,
        empty_label=ANY,
    )
    kind = filters.ChoiceFilter(
        label=_("Kind of subject"),
        choices=Subject.Kind.choices,
        method="as_it_is",
        empty_label=ANY,
    )
    parts = filters.ChoiceFilter(
        label=_("Parts of the subject"),
        choices=[("no", _("only the subject itself"))],
        empty_label=_("with all that is in it"),
        method="as_it_is",
    )
    flag = filters.ChoiceFilter(
        label=_("Quality"), choices=list(FLAG_WORDS.items()), method="by_flag", empty_label=ANY
    )
    counted = filters.ChoiceFilter(
        label=_("In KPIs"),
        method="by_counted",
        choices=[("yes", _("counted")), ("no", _("for comparison"))],
        empty_label=ANY,
    )
    subject = filters.UUIDFilter(method="as_it_is", widget=forms.HiddenInput)
    scope = filters.UUIDFilter(method="by_scope", widget=forms.HiddenInput)

    class Meta:
        model = Result
        fields: list[str] = []

    def __init__(self, data: Any, *args: Any, request: Any = None, **kwargs: Any) -> None:
        newest = None
        if not any(data.get(name) for name in ("period", "first", "last")):
            newest = newest_day(request.user)
        data = self._settle(data, (newest - LATEST, newest) if newest else None)
        super().__init__(data, *args, request=request, **kwargs)
        self.filters["metric"].extra["choices"] = _metrics(request)

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        subjects = self.subjects()
        return rows.filter(subject_id__in=subjects.ids()) if subjects else rows

    def as_it_is(self, rows: Any, name: str, value: object) -> Any:
        """Fields that act together: the dates of a period, the parts of a subject."""
        return rows

    def by_counted(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(is_counted=value == "yes")

    def by_flag(self, rows: Any, name: str, value: str) -> Any:
        return rows.alias(marked=F("flags").bitand(Flag[value.upper()])).exclude(marked=0)

    def by_scope(self, rows: Any, name: str, value: Any) -> Any:
        """Figures under the place; nothing for a place that does not exist."""
        scope = Scope.objects.filter(uid=value).first()
        if scope is None:
            return rows.none()
        return rows.filter(stream__source__scope__path__startswith=scope.path)

    # --- what is asked for, in words of the register -------------------------------------------
    @property
    def chosen(self) -> dict[str, Any]:
        """What was understood of the address."""
        self.form.is_valid()
        found: dict[str, Any] = getattr(self.form, "cleaned_data", {})
        return found

    def subjects(self) -> SubjectChoice:
        """Which subjects are meant, with the words of the search box."""
        uid: UUID | None = self.chosen.get("subject")
        return SubjectChoice(
            uid,
            self.chosen.get("kind") or "",
            self.data.get("q", "").strip()[:200],
            with_parts=self.chosen.get("parts") != "no",
        )

    def metrics(self) -> tuple[Metric, ...]:
        codes = self.chosen.get("metric") or []
        return tuple(Metric.objects.filter(code__in=codes)) if codes else ()


class PivotFilter(ResultFilter):
    """The same, and the two axes."""

    rows = filters.ChoiceFilter(
        label=_("Lines"),
        choices=[(dim, DIMS[dim]) for dim in ROWS],
        method="as_it_is",
        empty_label=None,
    )
    columns = filters.ChoiceFilter(
        label=_("Columns"),
        choices=[(dim, DIMS[dim]) for dim in COLUMNS],
        method="as_it_is",
        empty_label=None,
    )

    def __init__(self, data: Any, *args: Any, **kwargs: Any) -> None:
        """Metrics by months where nothing else is asked for, and never one axis twice."""
        data = data.copy()
        rows = data.get("rows")
        data["rows"] = rows = rows if rows in ROWS else "metric"
        columns = data.get("columns")
        if columns not in COLUMNS or columns == rows:
            data["columns"] = "month" if rows == "metric" else "metric"
        super().__init__(data, *args, **kwargs)

    def axes(self) -> tuple[str, str]:
        return self.data["rows"], self.data["columns"]

    def selection(self) -> Selection | None:
        """What the pivot adds up; None where there is no day to speak of. Figures kept for
        comparison are added to those that count only where one source is asked for."""
        chosen = self.chosen
        first, last = chosen.get("first"), chosen.get("last")
        if first is None and last is None:
            return None
        source = chosen.get("source")
        counted = {"yes": True, "no": False}.get(chosen.get("counted") or "")
        scope = None
        if chosen.get("scope"):
            scope = Scope.objects.filter(uid=chosen["scope"]).first()
            if scope is None:
                return None
        return Selection(
            user=self.request.user,
            first=first or dt.date.min,
            last=last or timezone.localdate(),
            metrics=self.metrics(),
            source=source,
            scope=scope,
            subjects=self.subjects(),
            counted=True if counted is None and source is None else counted,
            flag=int(Flag[chosen["flag"].upper()]) if chosen.get("flag") else 0,
        )


class RevisionFilter(PeriodMixin, filters.FilterSet):
    """``period`` is of the days of the figures; ``size`` is the least change in per cent of what
    was. ``subject`` has no field on the page."""

    metric = filters.ChoiceFilter(label=_("Metric"), field_name="metric__code")
    source = filters.ModelChoiceFilter(
        label=_("Source"),
        field_name="stream__source",
        to_field_name="uid",
        queryset=_sources,
        empty_label=ANY,
    )
    period = filters.ChoiceFilter(
        label=_("Days of the figures"),
        choices=PERIODS,
        method="as_it_is",
        empty_label=_("any day"),
    )
    first = filters.DateFilter(
        label=_("From day"), field_name="day", lookup_expr="gte", widget=DayInput
    )
    last = filters.DateFilter(
        label=_("To day"), field_name="day", lookup_expr="lte", widget=DayInput
    )
    size = filters.ChoiceFilter(
        label=_("Size of the change"),
        choices=[(str(n), filled(_("%(n)s%% or more"), n=n)) for n in (1, 5, 10, 25, 50)],
        method="by_size",
    )
    withdrawn = filters.ChoiceFilter(
        label=_("What happened"),
        choices=[("no", _("changed")), ("yes", _("withdrawn"))],
        method="by_withdrawn",
    )
    subject = filters.UUIDFilter(field_name="subject__uid", widget=forms.HiddenInput)

    class Meta:
        model = ResultRevision
        fields: list[str] = []

    def __init__(self, data: Any, *args: Any, request: Any = None, **kwargs: Any) -> None:
        super().__init__(self._settle(data, None), *args, request=request, **kwargs)
        self.filters["metric"].extra["choices"] = _metrics(request)

    def as_it_is(self, rows: Any, name: str, value: object) -> Any:
        return rows

    def by_size(self, rows: Any, name: str, value: str) -> Any:
        """From nothing to something is a change of any size."""
        return rows.filter(moved__gte=F("base") * int(value) / 100)

    def by_withdrawn(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(new_value__isnull=value == "yes")


class ReconciliationFilter(filters.FilterSet):
    source = filters.ModelChoiceFilter(
        label=_("Source"), field_name="source", to_field_name="uid", queryset=_sources
    )
    metric = filters.ChoiceFilter(label=_("Metric"), field_name="metric__code")
    verdict = filters.ChoiceFilter(
        label=_("Verdict"), choices=Verdict.choices, field_name="verdict"
    )
    signed = filters.ChoiceFilter(
        label=_("Signature"),
        choices=[("yes", _("signed")), ("no", _("not signed"))],
        method="by_signed",
    )

    class Meta:
        model = Reconciliation
        fields: list[str] = []

    def __init__(self, *args: Any, request: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        self.filters["metric"].extra["choices"] = _metrics(request)

    def by_signed(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(signed_at__isnull=value == "no")

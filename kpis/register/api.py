"""The register for machines: the vocabulary and the results, row by row."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import as_id, page_of
from config.lib.api_docs import CURSOR, number_field, refusals
from config.lib.errors import Invalid
from kpis.register import policies
from kpis.register.models import Metric, Source, Subject
from kpis.register.selectors.explore import results_visible
from staff.accounts.api import ApiView, Need, caller
from staff.accounts.models import ApiScope, User

READ = Need(ApiScope.READ_REGISTER, policies.RESULT_VIEW)


class NameSchema(serializers.Serializer[Any]):
    """A text in both languages."""

    ru = serializers.CharField(allow_blank=True)
    en = serializers.CharField(allow_blank=True)


class MetricSchema(serializers.Serializer[Any]):
    """A word of the vocabulary and how it adds up."""

    code = serializers.CharField()
    name = NameSchema()
    unit = serializers.ChoiceField(Metric.Unit.choices)
    agg_time = serializers.ChoiceField(Metric.AggTime.choices)
    agg_dims = serializers.ChoiceField(Metric.AggDims.choices)
    missing = serializers.ChoiceField(Metric.Missing.choices)
    settle_days = serializers.IntegerField(help_text="Younger figures are preliminary.")
    note = NameSchema()


class MetricPage(serializers.Serializer[Any]):
    results = MetricSchema(many=True)
    next = serializers.URLField(allow_null=True)


class SubjectSchema(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()


class SourceSchema(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    name = serializers.CharField()


class ResultSchema(serializers.Serializer[Any]):
    """One measured number. A stored 0 is "measured zero"; no row is "not measured"."""

    day = serializers.DateField()
    metric = serializers.CharField()
    value = number_field()
    currency = serializers.CharField(allow_blank=True)
    subject = SubjectSchema()
    source = SourceSchema()  # type: ignore[assignment]  # a field, as the library wants it
    stream = serializers.CharField()
    flags = serializers.ListField(child=serializers.CharField())
    counted = serializers.BooleanField(help_text="Whether it enters KPIs.")
    restated = serializers.BooleanField(help_text="Whether it was another figure before.")
    answer = serializers.UUIDField(allow_null=True, help_text="The vendor's answer behind it.")
    file = serializers.UUIDField(allow_null=True, help_text="The loaded file behind it.")
    loaded_at = serializers.DateTimeField()


class ResultPage(serializers.Serializer[Any]):
    results = ResultSchema(many=True)
    next = serializers.URLField(allow_null=True)


class ResultQuery(serializers.Serializer[Any]):
    """What rows are asked for."""

    metric = serializers.CharField(required=False, max_length=40)
    subject = serializers.UUIDField(required=False)
    source = serializers.UUIDField(required=False)  # type: ignore[assignment]  # as above

    def get_fields(self) -> dict[str, Any]:
        # "from" is no name for an attribute.
        days = {name: serializers.DateField(required=False) for name in ("from", "to")}
        return super().get_fields() | days

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "from" in attrs and "to" in attrs and attrs["to"] < attrs["from"]:
            raise Invalid(fields={"to": _("The end lies before the beginning.")})
        return attrs


class Metrics(ApiView):
    """The vocabulary."""

    needs: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="metrics_list",
        summary=_("The vocabulary: every metric and how it adds up"),
        parameters=CURSOR,
        responses={200: MetricPage, **refusals()},
        examples=[
            OpenApiExample(
                "clicks",
                value={
                    "results": [
                        {
                            "code": "clicks",
                            "name": {"ru": "Клики", "en": "Clicks"},
                            "unit": "pcs",
                            "agg_time": "sum",
                            "agg_dims": "sum",
                            "missing": "null",
                            "settle_days": 3,
                            "note": {"ru": "", "en": ""},
                        }
                    ],
                    "next": None,
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        page = page_of(
            request,
            Metric.objects.all(),
            parse=lambda found: as_id(found[0]),
            key=lambda row: [row.pk],
        )
        shapes = [metric_shape(metric) for metric in page.rows]
        return Response({"results": shapes, "next": page.next})


class Results(ApiView):
    """Rows of the register."""

    needs: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="results_list",
        summary=_("Rows of the register"),
        description=_(
            "Every measured number the token's person may see, by stream, day, metric and subject. "
            "A long list comes in pages: follow `next` until it is null."
        ),
        parameters=[
            OpenApiParameter("metric", str, description=_("A code of the vocabulary.")),
            OpenApiParameter(
                "subject", UUID, description=_("The uid of what the number is about.")
            ),
            OpenApiParameter("source", UUID, description=_("The uid of a source.")),
            OpenApiParameter("from", dt.date, description=_("The first day.")),
            OpenApiParameter("to", dt.date, description=_("The last day, included.")),
            *CURSOR,
        ],
        responses={200: ResultPage, **refusals(404)},
        examples=[
            OpenApiExample(
                "orders of a day",
                value={
                    "results": [
                        {
                            "day": "2026-11-22",
                            "metric": "orders",
                            "value": "5",
                            "currency": "",
                            "subject": {
                                "uid": "0b6f1c4e-7f0e-4d0a-9a5c-2f6d1b9c8e71",
                                "kind": "site",
                                "name": "shop.example",
                            },
                            "source": {
                                "uid": "5b0d0a54-5d1f-4b57-8c1c-0d9f2a4e7c33",
                                "name": "Counter of the site",
                            },
                            "stream": "days",
                            "flags": ["provisional"],
                            "counted": True,
                            "restated": False,
                            "answer": "c9c2a3b8-3f77-4c39-8f0e-6a9b1f1d2e44",
                            "file": None,
                            "loaded_at": "2026-11-23T06:10:00+03:00",
                        }
                    ],
                    "next": None,
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        query = ResultQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = results_asked(caller(request), **query.validated_data)
        page = page_of(request, rows, parse=_result_key, key=lambda row: _plain_key(row.pk))
        shapes = [result_shape(row) for row in page.rows]
        return Response({"results": shapes, "next": page.next})


def results_asked(
    user: User,
    *,
    metric: str = "",
    subject: UUID | None = None,
    source: UUID | None = None,
    **days: dt.date,
) -> QuerySet[Any]:
    """Rows the person sees. A query for each of the three filters given.

    Raises `Invalid` for a metric outside the vocabulary, `NotFound` for a subject or a source that
    the person does not see.
    """
    rows = results_visible(user)
    if metric:
        known = Metric.objects.filter(code=metric).first()
        if known is None:
            raise Invalid(fields={"metric": _("There is no such metric in the vocabulary.")})
        rows = rows.filter(metric=known)
    if subject:
        about = Subject.objects.visible_to(user, policies.RESULT_VIEW).filter(uid=subject).first()
        rows = rows.filter(subject=_seen(about))
    if source:
        given = Source.objects.visible_to(user, policies.SOURCE_VIEW).filter(uid=source).first()
        rows = rows.filter(stream__source=_seen(given))
    if "from" in days:
        rows = rows.filter(day__gte=days["from"])
    if "to" in days:
        rows = rows.filter(day__lte=days["to"])
    return rows


def _seen(row: Any) -> Any:
    if row is None:
        raise NotFound
    return row


def _plain_key(key: tuple[Any, ...]) -> list[Any]:
    stream, day, metric, subject = key
    return [stream, day.isoformat(), metric, subject]


def _result_key(values: list[Any]) -> tuple[int, dt.date, int, int]:
    stream, day, metric, subject = values
    return as_id(stream), dt.date.fromisoformat(day), as_id(metric), as_id(subject)


def metric_shape(metric: Metric) -> dict[str, Any]:
    return {
        "code": metric.code,
        "name": {"ru": metric.name_ru, "en": metric.name_en},
        "unit": metric.unit,
        "agg_time": metric.agg_time,
        "agg_dims": metric.agg_dims,
        "missing": metric.missing,
        "settle_days": metric.settle_days,
        "note": {"ru": metric.note_ru, "en": metric.note_en},
    }


def result_shape(row: Any) -> dict[str, Any]:
    """A row of `results_visible`. Costs no query."""
    source = row.stream.source
    return {
        "day": row.day.isoformat(),
        "metric": row.metric.code,
        "value": format(Decimal(row.value).normalize(), "f"),
        "currency": row.currency,
        "subject": {
            "uid": str(row.subject.uid),
            "kind": row.subject.kind,
            "name": row.subject.label,
        },
        "source": {"uid": str(source.uid), "name": source.name},
        "stream": row.stream.name,
        "flags": row.flag_names,
        "counted": row.is_counted,
        "restated": row.is_restated,
        "answer": str(row.answer_uid) if row.answer_uid else None,
        "file": str(row.import_uid) if row.import_uid else None,
        "loaded_at": row.loaded_at.isoformat(),
    }

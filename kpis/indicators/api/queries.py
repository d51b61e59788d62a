"""What is asked of the API about KPIs and targets, checked."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from config.lib.errors import AppError, Invalid
from kpis.indicators.engine.periods import Grain
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.definitions import Defined, defined_kpis
from kpis.indicators.selectors.whose import Whose, whose_called, whose_figures
from staff.accounts.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SCOPE = OpenApiParameter(
    "scope",
    str,
    description=_("The uid of a department or direction; the only department without."),
)
FROM = OpenApiParameter("from", dt.date, description=_("The first day."))
TO = OpenApiParameter("to", dt.date, description=_("The last day, included."))
GRAINS = [grain.value for grain in Grain]


def grain_parameter(description: StrOrPromise, default: str | None = None) -> OpenApiParameter:
    return OpenApiParameter("grain", str, enum=GRAINS, default=default, description=description)


@extend_schema_field(OpenApiTypes.STR)
class MonthField(serializers.Field[dt.date, str, str, Any]):
    """``2026-11``; the first day of the month."""

    default_error_messages = {"month": _("A month is written as 2026-11.")}

    def to_internal_value(self, data: object) -> dt.date:
        try:
            return dt.date.fromisoformat(f"{data}-01")
        except ValueError:
            self.fail("month")

    def to_representation(self, value: dt.date) -> str:
        return f"{value:%Y-%m}"


class DaysQuery(serializers.Serializer[Any]):
    """Two days and a grain; ``first``, ``last`` and ``grain`` when checked."""

    grain = serializers.ChoiceField(GRAINS, required=False)
    scope = serializers.CharField(required=False, max_length=200)

    def get_fields(self) -> dict[str, Any]:
        # "from" is no name for an attribute.
        return super().get_fields() | {
            "from": serializers.DateField(required=False, source="first"),
            "to": serializers.DateField(required=False, source="last"),
        }


class TargetsQuery(serializers.Serializer[Any]):
    kpi = serializers.CharField(required=False, max_length=40)
    scope = serializers.CharField(required=False, max_length=200)
    history = serializers.BooleanField(required=False, default=False)

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {
            "from": MonthField(required=False, source="first"),
            "to": MonthField(required=False, source="last"),
        }


class ExactField(serializers.Field[Decimal, Any, str, Any]):
    """A number as text. A JSON number is refused: most programs would have made it inexact."""

    default_error_messages = {
        "text": _("Write the number as text: “1234.5”."),
        "number": _("This is not a number."),
    }

    def to_internal_value(self, data: object) -> Decimal:
        if not isinstance(data, str):
            self.fail("text")
        field = serializers.DecimalField(max_digits=24, decimal_places=6)
        return field.to_internal_value(data)

    def to_representation(self, value: Decimal) -> str:
        return str(value)


class MilestoneField(serializers.Serializer[Any]):
    """What of the month is due by the end of a day."""

    day = serializers.DateField()
    due = extend_schema_field(OpenApiTypes.STR)(ExactField)(help_text=_("A number as text."))


class TargetValue(serializers.Serializer[Any]):
    """What is set. A share is 0…1; null withdraws the target."""

    scope = serializers.CharField(
        required=False,
        max_length=200,
        help_text=_("The uid of a department or direction; the only department without."),
    )
    value = extend_schema_field(OpenApiTypes.STR)(ExactField)(
        allow_null=True, help_text=_("A number as text.")
    )
    upper = extend_schema_field(OpenApiTypes.STR)(ExactField)(
        required=False,
        allow_null=True,
        default=None,
        help_text=_("The upper edge of a corridor, of which value is the lower one."),
    )
    milestones = MilestoneField(
        many=True,
        required=False,
        help_text=_("Of a KPI planned by milestones. Left out, those in force stay."),
    )
    reason = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=250,
        help_text=_("Needed where the month already has a target."),
    )


class NewTarget(TargetValue):
    """The same with the KPI and the month."""

    kpi = serializers.CharField(max_length=40)
    month = MonthField(help_text=_("A month is written as 2026-11."))


def checked(query: serializers.Serializer[Any]) -> dict[str, Any]:
    """What was asked, checked. Raises the refusal by field."""
    query.is_valid(raise_exception=True)
    found: dict[str, Any] = query.validated_data
    return found


def whose_asked(user: User, right: str, wanted: str | None) -> Whose:
    """The department or direction asked for. 404 for one the person does not see."""
    try:
        return whose_called(whose_figures(user, right), wanted)
    except Invalid as error:
        raise _as_404(error) from None


def _as_404(error: AppError) -> Exception:
    if error.code == "not_found":
        return NotFound(str(error.fields["scope"]))
    return error


def kpi_asked(code: str) -> Defined:
    """The KPI with its formulas. 404 for none."""
    found = defined_kpis(Kpi.objects.filter(code=code))
    if not found:
        raise NotFound(str(_("There is no KPI with this code.")))
    return found[0]

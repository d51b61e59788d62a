"""The KPIs that come with the product. `library_install` writes them after every migrate."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from config.lib.text import Localized
from kpis.indicators.library.base import Definition, Section, definitions_in
from kpis.indicators.models import Kpi, KpiVersion

BEGINNING = dt.date(1990, 1, 1)
HERE = Path(__file__).parent
FILES = (
    ("basics", Section.DEPARTMENT),
    ("department_money", Section.DEPARTMENT),
    ("department_work", Section.DEPARTMENT),
    ("channels", Section.CHANNELS),
    ("programmes", Section.PROGRAMMES),
    ("mailings", Section.MAILINGS),
    ("staff", Section.STAFF),
    ("campaign", Section.CAMPAIGN),
    ("funds", Section.FUNDS),
)
DEFINITIONS: tuple[Definition, ...] = tuple(
    item for name, section in FILES for item in definitions_in(HERE / f"{name}.toml", section)
)


@transaction.atomic
def library_install() -> int:
    """Create or update every definition. Returns how many there are. Idempotent.

    What people decide stays theirs: the formula of a KPI that has one, whether it is on the
    dashboard, its owner, base, thresholds, sample and archive; a KPI they have edited, or made
    under one of our codes, is not touched at all.
    """
    theirs = Kpi.objects.filter(Q(is_own=True) | Q(edits__gt=0))
    own = set(theirs.values_list("code", flat=True))
    brought = [item for item in DEFINITIONS if item.code not in own]
    Kpi.objects.bulk_create(
        [
            _row(position, item)
            for position, item in enumerate(DEFINITIONS, start=1)
            if item.code not in own
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            "number", "section", "level", "kind", "name_ru", "name_en", "better", "unit",
            "decimals", "plan_method", "span", "span_days", "maturity_days", "is_proportion",
            "is_informational", "meaning", "source", "limits", "mistakes", "benchmark", "position",
        ],
    )  # fmt: skip
    formulas = {item.code: item.formula for item in brought}
    bare = Kpi.objects.filter(code__in=formulas, versions=None)
    KpiVersion.objects.bulk_create(
        KpiVersion(kpi=kpi, formula=formulas[kpi.code], valid_from=BEGINNING) for kpi in bare
    )
    if not Kpi.objects.filter(is_main=True).exists():
        # KPIs from before anybody could choose them: an empty dashboard is nobody's choice.
        main = [item.code for item in brought if item.is_main]
        Kpi.objects.filter(code__in=main).update(is_main=True)
    return len(DEFINITIONS)


def _row(position: int, item: Definition) -> Kpi:
    return Kpi(
        code=item.code,
        number=item.number,
        section=item.section,
        level=item.level,
        kind=item.kind,
        name_ru=item.name["ru"],
        name_en=item.name["en"],
        better=item.better,
        unit=item.unit,
        decimals=item.decimals,
        plan_method=item.plan,
        span=item.span,
        span_days=item.span_days,
        maturity_days=item.maturity_days,
        base=item.base,
        is_proportion=item.is_proportion,
        min_sample=item.min_sample,
        is_informational=item.is_informational,
        is_main=item.is_main,
        meaning=item.meaning,
        source=_with_owner(item),
        limits=item.limits,
        mistakes=item.mistakes,
        benchmark=item.benchmark,
        position=position,
    )


def _with_owner(item: Definition) -> Localized:
    """Where the figures come from and who usually answers for them."""
    return {
        "ru": f"{item.source['ru']} Обычно отвечает {item.owner['ru']}.",
        "en": f"{item.source['en']} Usually answered for by {item.owner['en']}.",
    }

"""The report on paper: the same figures and pictures as the page, set by Typst."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kpis.indicators.engine.attain import Lamp
from kpis.indicators.engine.values import Value
from kpis.indicators.sheet import CampaignLine, DirectionLine, FundLine, Line, Sheet
from kpis.indicators.sheet_words import (
    change_text,
    correction_text,
    count_text,
    difference_text,
    direction_title,
    footnotes,
    line_bullet,
    line_spark,
    money_text,
    percent_or_dash,
    plan_text,
    sheet_about,
    sheet_title,
    text,
    verdict_lines,
)
from kpis.indicators.words import LAMPS

TEMPLATE = Path(__file__).with_name("report.typ")
LAMP_SIGNS = {
    Lamp.BLUE: "▲",
    Lamp.GREEN: "●",
    Lamp.AMBER: "◐",
    Lamp.RED: "▼",
    Lamp.GREY: "–",
    Lamp.HATCHED: "?",
}
# The classes of `static/css/charts.css` as ink.
INK = """<style>
.bullet-band-1{fill:#d4d4d4}.bullet-band-2{fill:#e4e4e4}.bullet-band-3{fill:#f1f1f1}
.bullet-band-4{fill:#f8f8f8}.bullet-band-5{fill:#f8f8f8}.bullet-fact{fill:#222}
.bullet-forecast,.bullet-hatch{fill:none;stroke:#222;stroke-width:1}
.bullet-last-year{stroke:#999;stroke-width:3}.bullet-plan{stroke:#000;stroke-width:5}
.bullet-plan-core{stroke:#fff;stroke-width:2}
.spark-line{fill:none;stroke:#444;stroke-width:1.5}.spark-band{fill:#ececec}
.spark-last{fill:none;stroke:#000;stroke-width:6;stroke-linecap:round}
</style>"""
# Letters get smaller with the lines, so that a month stays one page.
SIZES = ((8, "8.5pt"), (14, "7.5pt"), (24, "7pt"))
SMALLEST = "6.5pt"


def report_pdf(sheet: Sheet) -> bytes:
    """One A4 page for up to twenty KPIs, in the active language."""
    return typst.compile(
        _source(),
        sys_inputs={"page": json.dumps(page_of(sheet), ensure_ascii=False)},
        ignore_system_fonts=True,
    )


@cache
def _source() -> bytes:
    return TEMPLATE.read_bytes()


def page_of(sheet: Sheet) -> dict[str, Any]:
    """What the template sets: nothing but texts."""
    head = sheet.head
    rows = len(sheet.lines) + len(head.corrections) + len(head.targets)
    return {
        "lang": (get_language() or "ru")[:2],
        "size": next((size for most, size in SIZES if rows <= most), SMALLEST),
        "title": sheet_title(sheet),
        "about": sheet_about(sheet),
        "total_label": _("Department total"),
        "total": percent_or_dash(head.total),
        "total_word": _lamp(head.total_lamp),
        "verdict": [[str(title), words] for title, words in verdict_lines(sheet)],
        "heading": [
            _("KPI"), _("Fact"), _("Plan"), "Δ", "Δ %", _("Last year"), _("Year's forecast"),
            _("Fact and plan"), _("13 months"), _("Status"), _("Responsible"),
        ],
        "blocks": [
            {"title": str(title), "lines": [_line(line) for line in lines]}
            for title, lines in sheet.blocks
        ],
        "directions_heading": [
            _("Direction"), _("Cost"), _("Leads"), _("Orders"), _("Margin"), _("ROMI"),
            _("Tasks done"),
        ],
        "directions": _directions(sheet),
        "funds_heading": [_("Fund"), _("Limit"), _("Spent"), _("Available")],
        "funds": [_fund(fund) for fund in head.funds],
        "campaigns_heading": [_("Campaign"), _("Cost"), _("Brought"), _("Left")],
        "campaigns": [
            *(_campaign(line, "▲", head.currency) for line in sheet.campaigns_up),
            *(_campaign(line, "▼", head.currency) for line in sheet.campaigns_down),
        ],
        "corrections": [correction_text(line) for line in head.corrections],
        "notes": footnotes(sheet),
    }  # fmt: skip


def _line(line: Line) -> dict[str, str]:
    return {
        "name": line.title,
        "fact": text(line.measure, line.fact),
        "plan": plan_text(line),
        "difference": difference_text(line.measure, line.variance.difference),
        "percent": change_text(line.variance, line.better),
        "year_ago": text(line.measure, line.year_ago),
        "year_forecast": text(line.measure, line.year_forecast),
        "bullet": _svg(line_bullet(line)),
        "spark": _svg(line_spark(line)),
        "lamp": _lamp(line.lamp, line.attained),
        "who": line.responsible,
    }


def _lamp(lamp: Lamp, attained: Value | None = None) -> str:
    share = f" {percent_or_dash(attained)}" if attained and attained.number is not None else ""
    return f"{LAMP_SIGNS[lamp]} {LAMPS[lamp]}{share}"


def _svg(picture: str) -> str:
    """A picture that stands alone: with its name space and its colours; "" for words."""
    if not picture.startswith("<svg "):
        return ""
    start, rest = picture.removeprefix("<svg ").split(">", 1)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {start}>{INK}{rest}'


def _directions(sheet: Sheet) -> list[list[str]]:
    lines = [(direction_title(line), line) for line in sheet.head.directions]
    if sheet.head.directions_total is not None and lines:
        lines.append((_("Total"), sheet.head.directions_total))
    return [[title, *_direction(line, sheet.head.currency)] for title, line in lines]


def _direction(line: DirectionLine, currency: str) -> list[str]:
    return [
        money_text(line.cost, currency),
        count_text(line.leads),
        count_text(line.orders),
        money_text(line.margin, currency),
        percent_or_dash(line.romi),
        f"{line.tasks_done}/{line.tasks_due}",
    ]


def _fund(fund: FundLine) -> list[str]:
    amounts = (fund.limit, fund.spent, fund.available)
    return [
        fund.title,
        *("—" if one is None else money_text(Value(one), fund.currency) for one in amounts),
    ]


def _campaign(line: CampaignLine, sign: str, currency: str) -> list[str]:
    amounts = (line.cost, line.brought, line.left)
    return [f"{sign} {line.label}", *(money_text(Value(one), currency) for one in amounts)]

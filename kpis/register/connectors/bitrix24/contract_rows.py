"""The rows of the tea shop's Bitrix24: leads, deals, contacts, lists and calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from kpis.register.connectors.crm_play import PIPELINES, SOURCES, ZONE, ShopLead
from kpis.register.connectors.telephony_play import calls_of
from kpis.simulator.play import Stage

OWN_FAULTS = {
    "failed_command": "one command of a batch fails inside a 200",
    "duplicated_row": "a page begins with the last row of the one before",
    "total_changes": "a row leaves the list while it is read: the first total is one too many",
    "lost_row": "a page has one row less than was counted",
    "restated_day": "the amounts of deals have grown by 9 %",
    "vanished_row": "every fifth lead and deal has been deleted",
    "null_metric": "the amount of the first deal of a page is null",
    "new_field": "every item has a field nobody has agreed on",
    "renamed_field": "the amount has another name",
    "string_numbers": "numbers are sent as strings",
    "token_expires_midway": "the access token expires between two pages",
    "other_zone": "moments are written in another zone",
    "no_scope": "the webhook lacks the right to CRM items",
    "no_calls": "the user may not see the statistics of calls",
    "overload": "the vendor has blocked the portal by hand",
    "removed_stage": "the stages of the deals are no longer in the lists",
}
SHIFT = 500_000
Row = dict[str, object]
_UTM = ("utmSource", "utmMedium", "utmCampaign", "utmContent", "utmTerm")


def _status(kind: str, code: str, name: str, semantics: str | None = None) -> Row:
    return {
        "ID": str(len(kind) * 10 + len(code)),
        "ENTITY_ID": kind,
        "STATUS_ID": code,
        "NAME": name,
        "SORT": "10",
        "SEMANTICS": semantics,
        "EXTRA": {"SEMANTICS": "process", "COLOR": "#39A8EF"},
    }


STATUSES = [
    _status("STATUS", "NEW", "Не обработан"),
    _status("STATUS", "CONVERTED", "Качественный лид", "S"),
    _status("STATUS", "JUNK", "Некачественный лид", "F"),
    *(_status("SOURCE", code, name) for code, name in SOURCES.items()),
    *(
        _status(f"DEAL_STAGE_{key}", f"C{key}:{code}", name, semantics)
        for key in PIPELINES
        for code, name, semantics in (
            ("EXECUTING", "В работе", None),
            ("WON", "Сделка успешна", "S"),
            ("LOSE", "Сделка провалена", "F"),
        )
    ),
    _status("DEAL_STAGE", "WON", "Сделка успешна", "S"),
]


def _at(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(ZONE).isoformat() if moment else None


def _common(lead: ShopLead) -> Row:
    return {
        "title": f"Заявка {lead.number}",
        "opportunity": lead.amount,
        "currencyId": "RUB",
        "sourceId": lead.source,
        "assignedById": lead.manager,
        "contactId": lead.person,
        "companyId": 0,
        **dict(zip(_UTM, lead.utm or (None,) * 5, strict=True)),
    }


def lead_row(lead: ShopLead) -> Row:
    """A lead is converted as soon as it is found good."""
    stage = "NEW" if not lead.sorted else "JUNK" if lead.fate == "junk" else "CONVERTED"
    return {
        "id": lead.number,
        **_common(lead),
        "stageId": stage,
        "stageSemanticId": {"NEW": "P", "JUNK": "F"}.get(stage, "S"),
        "createdTime": _at(lead.created),
        "updatedTime": _at(lead.sorted_at if lead.sorted else lead.created),
        "movedTime": _at(lead.sorted_at if lead.sorted else lead.created),
        "webformId": 3 if lead.form else None,
        "isReturnCustomer": "N",
        "phone": lead.phone,
        "email": lead.email,
    }


def deal_row(lead: ShopLead) -> Row | None:
    """The deal a good lead became; None while there is none."""
    if not lead.sorted or lead.fate == "junk":
        return None
    closed = lead.closed
    stage = {"won": "WON", "lost": "LOSE"}.get(lead.state, "EXECUTING")
    return {
        "id": SHIFT + lead.number,
        **_common(lead),
        "stageId": f"C{lead.pipeline}:{stage}",
        "stageSemanticId": {"WON": "S", "LOSE": "F"}.get(stage, "P"),
        "categoryId": lead.pipeline,
        "createdTime": _at(lead.sorted_at),
        "updatedTime": _at(closed or lead.sorted_at),
        "movedTime": _at(closed or lead.sorted_at),
        "leadId": lead.number,
        "closed": "Y" if closed else "N",
        "closedate": _at(closed or lead.sorted_at + dt.timedelta(days=7)),
    }


def contact_row(number: int) -> Row:
    """A person."""
    return {
        "id": number,
        "phone": f"+7916{4440000 + number:07d}",
        "email": f"buyer{number}@mail.example",
    }


def call_rows(stage: Stage, conditions: Mapping[str, object]) -> list[Row]:
    """The statistics of calls between two moments; every day somebody also calls out."""
    moments = [dt.datetime.fromisoformat(str(value)) for value in conditions.values()]
    if len(moments) < 2:
        now = stage.now().astimezone(ZONE)
        moments = [now - dt.timedelta(days=1), now]
    first, behind = min(moments).astimezone(ZONE), max(moments).astimezone(ZONE)
    rows: list[Row] = []
    for offset in range((behind.date() - first.date()).days + 1):
        day = first.date() + dt.timedelta(days=offset)
        for call in calls_of(stage, day, ZONE):
            if first <= call.at < behind:
                code = "200" if call.answered else "304"
                rows.append(_call(call.number * 2, call.at, call.line, call.caller, "2", code))
                rows[-1]["CALL_DURATION"] = str(call.seconds or call.wait)
        noon = dt.datetime.combine(day, dt.time(12), ZONE)
        if first <= noon < behind and noon <= stage.now():
            number = (day - dt.date(2024, 1, 1)).days * 200 + 1
            rows.append(_call(number, noon, "74951230001", "79160000001", "1", "200"))
    return sorted(rows, key=lambda row: int(str(row["ID"])))


def _call(number: int, at: dt.datetime, line: str, who: str, kind: str, code: str) -> Row:
    return {
        "ID": str(number),
        "PORTAL_USER_ID": "1",
        "PORTAL_NUMBER": f"+{line}",
        "PHONE_NUMBER": f"+{who}",
        "CALL_ID": f"externalCall.{number}",
        "CALL_CATEGORY": "external",
        "CALL_DURATION": "31",
        "CALL_START_DATE": at.isoformat(),
        "CALL_VOTE": None,
        "COST": "0.0000",
        "COST_CURRENCY": "RUR",
        "CALL_FAILED_CODE": code,
        "CALL_FAILED_REASON": "",
        "CRM_ENTITY_TYPE": "CONTACT",
        "CRM_ENTITY_ID": "12",
        "CRM_ACTIVITY_ID": "0",
        "CALL_TYPE": kind,
    }


def spoiled(rows: list[Row], faults: frozenset[str]) -> list[Row]:
    """The items as the faults change them."""
    for place, row in enumerate(rows):
        amount = row.get("opportunity")
        if isinstance(amount, Decimal) and "restated_day" in faults:
            row["opportunity"] = (amount * 109 / 100).quantize(Decimal("0.01"))
        if "null_metric" in faults and place == 0 and "opportunity" in row:
            row["opportunity"] = None
        if "renamed_field" in faults and "opportunity" in row:
            row["amountTotal"] = row.pop("opportunity")
        if "new_field" in faults:
            row["aiScore"] = 5
        for name, value in row.items():
            if "string_numbers" in faults and isinstance(value, int | Decimal):
                row[name] = str(value)
            if "other_zone" in faults and name.endswith("Time") and value:
                moment = dt.datetime.fromisoformat(str(value))
                row[name] = moment.astimezone(dt.UTC).isoformat()
    return rows

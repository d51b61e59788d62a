"""The rows of the tea shop's Odoo, and how both protocols write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from xml.sax.saxutils import escape

from kpis.register.connectors.crm_play import PIPELINES, ShopLead

SHIFT = 500_000
Row = dict[str, object]
STAGES: list[Row] = [
    {"id": 1, "name": "Новые", "is_won": False},
    {"id": 2, "name": "Переговоры", "is_won": False},
    {"id": 4, "name": "Выиграно", "is_won": True},
]
_STAGE = {"new": 0, "work": 1, "won": 2, "lost": 1, "junk": 0}
_REASONS = {"lost": [8, "Дорого"], "junk": [9, "Спам"]}
_UTM = {"yandex": 1, "vk": 2, "newsletter": 3}


def lead_row(lead: ShopLead) -> Row:
    """A lead is an opportunity from the start; a lost one is archived."""
    stage = STAGES[_STAGE[lead.state]]
    source, medium, campaign = (lead.utm or ("", "", ""))[:3]
    return {
        "id": lead.number,
        "name": f"Заявка {lead.number}",
        "type": "opportunity",
        "active": lead.state not in ("lost", "junk"),
        "probability": {"won": Decimal("100.0"), "work": Decimal("35.5")}.get(
            lead.state, Decimal("0.0")
        ),
        "stage_id": [stage["id"], stage["name"]],
        "user_id": [lead.manager, f"Менеджер {lead.manager}"],
        **_common(lead, source, medium, campaign),
        "phone": lead.phone,
        "email_from": lead.email,
        "expected_revenue": lead.amount,
        "company_currency": [1, "RUB"],
        "lost_reason_id": _REASONS.get(lead.state, False),
        "referred": False if lead.utm else "Подруга",
        "create_date": _utc(lead.created),
        "write_date": _utc(lead.updated),
        "date_closed": _utc(lead.closed),
    }


def sale_row(lead: ShopLead) -> Row | None:
    """The sales order of a good lead: a quotation, confirmed when won, cancelled when lost."""
    if not lead.sorted or lead.fate == "junk":
        return None
    source, medium, campaign = (lead.utm or ("", "", ""))[:3]
    return {
        "id": SHIFT + lead.number,
        "name": f"S{lead.number:05d}",
        "state": {"won": "sale", "lost": "cancel"}.get(lead.state, "draft"),
        **_common(lead, source, medium, campaign),
        "amount_total": lead.amount,
        "margin": lead.amount / 4,
        "currency_id": [1, "RUB"],
        "opportunity_id": [lead.number, f"Заявка {lead.number}"],
        "create_date": _utc(lead.sorted_at),
        "write_date": _utc(lead.updated),
        "date_order": _utc(lead.closed or lead.sorted_at),
    }


def _common(lead: ShopLead, source: str, medium: str, campaign: str) -> Row:
    number = _UTM.get(source, 0)
    return {
        "team_id": [lead.pipeline, PIPELINES[lead.pipeline]],
        "partner_id": [lead.person, f"Покупатель {lead.person}"],
        "company_id": [1, "Северный чай"],
        "source_id": [number, source] if source else False,
        "medium_id": [number, medium] if medium else False,
        "campaign_id": [number, campaign] if campaign else False,
    }


def _utc(moment: dt.datetime | None) -> str | bool:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else False


def meets(row: Row, domain: object) -> bool:
    """Whether a row meets every condition ``[field, sign, value]``."""
    for condition in domain if isinstance(domain, list) else []:
        name, sign, wanted = condition
        value = row.get(name)
        if value is None or value is False:
            return False
        left, right = str(value), str(wanted)
        if name == "id":
            left, right = left.zfill(12), right.zfill(12)
        if not {">=": left >= right, "<": left < right, ">": left > right}.get(sign, left == right):
            return False
    return True


def xml_value(value: object) -> str:
    """A value as XML-RPC writes it; a figure keeps its digits."""
    if value is None or value is False or value is True:
        return f"<value><boolean>{int(bool(value))}</boolean></value>"
    if isinstance(value, int):
        return f"<value><int>{value}</int></value>"
    if isinstance(value, Decimal):
        return f"<value><double>{value:f}</double></value>"
    if isinstance(value, list):
        return f"<value><array><data>{''.join(map(xml_value, value))}</data></array></value>"
    if isinstance(value, Mapping):
        members = "".join(
            f"<member><name>{escape(str(name))}</name>{xml_value(one)}</member>"
            for name, one in value.items()
        )
        return f"<value><struct>{members}</struct></value>"
    return f"<value><string>{escape(str(value))}</string></value>"


def xml_answer(value: object) -> bytes:
    """An answer."""
    inner = f"<params><param>{xml_value(value)}</param></params>"
    return f"<?xml version='1.0'?><methodResponse>{inner}</methodResponse>".encode()


def xml_fault(code: int, text: str) -> bytes:
    """A fault; the text ends with the line that names the exception."""
    inner = xml_value({"faultCode": code, "faultString": text})
    return f"<?xml version='1.0'?><methodResponse><fault>{inner}</fault></methodResponse>".encode()

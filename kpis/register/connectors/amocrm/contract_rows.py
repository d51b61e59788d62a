"""The rows of the tea shop's amoCRM: leads, people, pipelines and deletions."""

from __future__ import annotations

from decimal import Decimal

from kpis.register.connectors.crm_play import PIPELINES, ShopLead
from kpis.simulator.play import Reply

ACCOUNT = 31_007
_UTM = ("UTM_SOURCE", "UTM_MEDIUM", "UTM_CAMPAIGN", "UTM_CONTENT", "UTM_TERM")
_STAGES = {"new": 500, "work": 510, "won": 142, "lost": 143, "junk": 143}
_REASONS = {"lost": {"id": 8, "name": "Дорого"}, "junk": {"id": 9, "name": "Спам"}}
Row = dict[str, object]


def problem(status: int, title: str, detail: str) -> Reply:
    """A refusal in the vendor's words."""
    reply = Reply.of({"title": title, "type": "about:blank", "status": status, "detail": detail})
    return Reply(status, reply.body, "application/problem+json")


def list_of(name: str, rows: list[Row], following: str | None, page: int = 1) -> Reply:
    """A page; ``following`` is the address of the next one."""
    links: Row = {"self": {"href": name}}
    if following:
        links["next"] = {"href": following}
    return Reply.of({"_page": page, "_links": links, "_embedded": {name: rows}})


def pipeline_row(key: int) -> Row:
    """A pipeline with its stages."""
    stages = ((500, "Неразобранное"), (510, "Переговоры"), (142, "Успешно"), (143, "Закрыто"))
    rows = [{"id": number, "name": name} for number, name in stages]
    return {"id": key, "name": PIPELINES[key], "_embedded": {"statuses": rows}}


def price(lead: ShopLead) -> Decimal:
    """Budgets are whole."""
    return Decimal(int(lead.amount))


def _field(code: str, value: str) -> Row:
    return {"field_id": len(code), "field_code": code, "values": [{"value": value}]}


def lead_row(lead: ShopLead) -> Row:
    """A lead as it stands now."""
    closed = lead.closed
    fields = [
        _field(code, value) for code, value in zip(_UTM, lead.utm or (), strict=False) if value
    ]
    if lead.utm:
        fields.append(_field("_YM_UID", f"17{lead.number:014d}"))
    reason = _REASONS.get(lead.state)
    return {
        "id": lead.number,
        "name": f"Заявка {lead.number}",
        "price": int(lead.amount),
        "responsible_user_id": lead.manager,
        "status_id": _STAGES[lead.state],
        "pipeline_id": lead.pipeline,
        "loss_reason_id": reason["id"] if reason else None,
        "source_id": None if lead.utm else 77,
        "created_at": int(lead.created.timestamp()),
        "updated_at": int(lead.updated.timestamp()),
        "closed_at": int(closed.timestamp()) if closed else None,
        "is_deleted": False,
        "custom_fields_values": fields or None,
        "account_id": ACCOUNT,
        "_embedded": {
            "tags": [],
            "companies": [],
            "loss_reason": [reason] if reason else [],
            "contacts": [{"id": lead.person, "is_main": True}],
        },
    }


def contact_row(number: int) -> Row:
    """A person."""
    fields = [
        _field("PHONE", f"+7916{4440000 + number:07d}"),
        _field("EMAIL", f"buyer{number}@mail.example"),
    ]
    return {"id": number, "name": f"Покупатель {number}", "custom_fields_values": fields}


def event_row(lead: ShopLead) -> Row:
    """The deletion of a lead."""
    return {
        "id": f"event-{lead.number}",
        "type": "lead_deleted",
        "entity_id": lead.number,
        "entity_type": "lead",
        "created_at": int(lead.created.timestamp()),
    }

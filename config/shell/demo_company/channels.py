"""Sources of the demo company: channels played by the simulator, and an advertising file."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from config.lib.dates import add_months, days_between, month_first
from departments.structure.models import Department
from kpis.register.files import Mapping
from kpis.register.models import Source
from kpis.register.registry import plays
from kpis.register.services.imports import import_create, import_start
from kpis.register.services.sources import settings_clean, source_create
from kpis.simulator import Stage
from kpis.simulator.server import TOKEN
from staff.accounts.models import Scope, User

MONTHS = 14  # whole ones: the last two months' reports look back thirteen
CAMPAIGNS = (("Яндекс Директ", 21_000), ("VK Реклама", 12_500), ("Карты и справочники", 3_200))
# Enough to see every kind of channel; the others are a few clicks away. The letter is the direction
# whose channel it is, "" what belongs to the department as a whole.
PLAYED = (
    ("direct", "Яндекс Директ", "A"),
    ("vk", "VK — сообщество", "A"),
    ("unisender", "Unisender", "C"),
    ("uis", "UIS — звонки", ""),
    ("bitrix24", "Битрикс24", ""),
)
SEASON = (1000, 1020, 1050, 960, 900, 850, 830, 870, 980, 1080, 1180, 1260)


def sources_create(*, actor: User, department: Department) -> dict[str, Source]:
    """The demo's sources, due at once: the workers begin as soon as they run."""
    first = _first_day()
    found: dict[str, Source] = {}
    for site, name in (("1", "Matomo — сайт"), ("2", "Matomo — вторая точка")):
        plain, secrets = settings_clean(
            "matomo",
            {
                "base_url": settings.SIMULATOR_URL,
                "site_id": site,
                "token_auth": TOKEN,
                "ecommerce": True,
                "campaigns": site == "1",
            },
        )
        found[site] = source_create(
            actor=actor,
            scope=department.scope,
            kind="matomo",
            name=name,
            plain=plain,
            secrets=secrets,
            every_minutes=60,
            history_from=first,
        )
    for kind, name, letter in PLAYED:
        place = department.directions.get(code=letter).scope if letter else department.scope
        found[kind] = _played(actor, place, kind, name, first)
    plain, secrets = settings_clean("file", {"currency": "RUB", "time_zone": "Europe/Moscow"})
    found["file"] = source_create(
        actor=actor,
        scope=department.scope,
        kind="file",
        name="Рекламные кабинеты — файл",
        plain=plain,
        secrets=secrets,
        history_from=first,
    )
    return found


def _played(actor: User, scope: Scope, kind: str, name: str, first: dt.date) -> Source:
    address = f"{settings.SIMULATOR_URL}/{kind}"
    play = plays()[kind](Stage(url=lambda: address))
    plain, secrets = settings_clean(kind, {**play.source_settings(), **play.source_secrets()})
    return source_create(
        actor=actor,
        scope=scope,
        kind=kind,
        name=name,
        plain=plain,
        secrets=secrets,
        every_minutes=60,
        history_from=first,
    )


def advertising_file_load(*, actor: User, source: Source) -> None:
    """A file as advertising cabinets export it (cp1251, «;», decimal comma), loaded by a worker."""
    record = import_create(
        actor=actor, source=source, name="расход_по_кампаниям.csv", content=io.BytesIO(_file())
    )
    mapping = Mapping(
        target="results",
        date="Дата",
        subject="Кампания",
        metrics=(("Расход, руб.", "media_cost"),),
        decimal=",",
        date_format="dd.mm.yyyy",
    )
    import_start(
        actor=actor,
        record=record,
        mapping=mapping,
        policy="refuse_all",
        template_name="Расход по кампаниям",
    )


def _first_day() -> dt.date:
    """Of a month: half a month would look like a fall in every comparison with it."""
    return add_months(month_first(timezone.localdate()), -MONTHS)


def _file() -> bytes:
    lines = ["Дата;Кампания;Расход, руб."]
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    for day in days_between(_first_day(), yesterday):
        for campaign, daily in CAMPAIGNS:
            # Between −10 % and +10 %, the same on every machine.
            shake = int(hashlib.sha256(f"{day}{campaign}".encode()).hexdigest()[:6], 16) % 201 - 100
            kopecks = daily * 100 * SEASON[day.month - 1] * (1000 + shake) // 1_000_000
            lines.append(f"{day:%d.%m.%Y};{campaign};{kopecks // 100},{kopecks % 100:02d}")
    return "\r\n".join([*lines, ""]).encode("cp1251", "replace")


def simulator_moved() -> int:
    """The simulator may stand on another port at the next start: point its sources there. Returns
    how many were changed; their history stays, it is the same shop.
    """
    moved = 0
    new = urlsplit(settings.SIMULATOR_URL)
    for source in Source.objects.filter(is_simulated=True):
        old = urlsplit(str(source.settings.get("base_url", "")))
        if old[:2] == new[:2]:
            continue
        for name, value in source.settings.items():
            parts = urlsplit(value) if isinstance(value, str) else None
            if parts and parts[:2] == old[:2]:  # a vendor may have several hosts
                source.settings[name] = parts._replace(scheme=new[0], netloc=new[1]).geturl()
        source.save(update_fields=["settings"])
        moved += 1
    return moved

"""The site as Matomo describes it: name, time zone, currency, the day it was added."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.errors import BugError, ConfigError

_CURRENCY = re.compile(r"[A-Z]{3}")
_OFFSET = re.compile(r"UTC(?:([+-])([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class Site:
    """``zone`` and ``currency`` as Matomo has them; `time_zone` and `money` make sure of them."""

    number: int
    name: str
    url: str
    zone: str
    currency: str
    ecommerce: bool
    created: dt.date

    @property
    def subject(self) -> SubjectRef:
        """The site as a subject of the register."""
        return SubjectRef(kind="site", key=str(self.number), label=self.name, url=self.url)

    def time_zone(self) -> str:
        """The IANA name of the zone days are cut by. ConfigError when there is none."""
        offset = _OFFSET.fullmatch(self.zone)
        if offset:
            # POSIX counts westward: UTC+3 is Etc/GMT-3.
            sign = {"+": "-", "-": "+", None: ""}[offset[1]]
            return f"Etc/GMT{sign}{int(offset[2])}" if offset[2] and int(offset[2]) else "UTC"
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ConfigError(
                _("The site's time zone in Matomo is unknown here."),
                field="site_id",
                detail=self.zone[:60],
                advice=_("In Matomo choose a city as the time zone of the site."),
            ) from error
        return self.zone

    def money(self) -> str:
        """The ISO code of the currency. ConfigError when Matomo has none."""
        if not _CURRENCY.fullmatch(self.currency):
            raise ConfigError(
                _("The site has no currency in Matomo."),
                field="ecommerce",
                detail=self.currency[:20],
                advice=_("In Matomo choose the currency of the site."),
            )
        return self.currency


def site_of(data: object, *, number: int, raw: bytes) -> Site:
    """The answer of ``SitesManager.getSiteFromId``; older versions wrap it in a list."""
    row = data[0] if isinstance(data, list) and len(data) == 1 else data
    if not isinstance(row, dict) or str(row.get("idsite")) != str(number):
        raise BugError(_("Matomo described another site than asked for."), raw=raw)
    try:
        created = dt.date.fromisoformat(str(row.get("ts_created", ""))[:10])
    except ValueError:
        # Only decides whether an empty day is a zero; unknown means it is.
        created = dt.date.min
    url = str(row.get("main_url") or "")
    zone, currency = row.get("timezone"), row.get("currency")
    if not isinstance(zone, str) or not isinstance(currency, str):
        raise BugError(
            _("A field Matomo is known for is missing: it was renamed or removed."),
            raw=raw,
            detail="SitesManager.getSiteFromId: timezone, currency",
        )
    return Site(
        number=number,
        name=str(row.get("name") or number)[:200],
        url=url if url.startswith(("http://", "https://")) and len(url) <= 500 else "",
        zone=zone,
        currency=currency,
        ecommerce=str(row.get("ecommerce", "0")) not in ("0", "", "False"),
        created=created,
    )

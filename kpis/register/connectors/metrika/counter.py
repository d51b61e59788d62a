"""The counter as Metrika describes it: name, site, time zone."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.errors import BugError, ConfigError
from kpis.register.connectors.metrika.client import Reply


@dataclass(frozen=True, slots=True)
class Counter:
    """``zone`` is the IANA name of the zone Metrika cuts the counter's days by."""

    number: str
    name: str
    url: str
    zone: str

    @property
    def subject(self) -> SubjectRef:
        """The counter's site as a subject of the register."""
        return SubjectRef(kind="site", key=self.number, label=self.name, url=self.url)


def counter_of(reply: Reply, number: str) -> Counter:
    """The answer of ``/management/v1/counter/{id}``. Raises a `SourceError`."""
    row = reply.data.get("counter")
    if not isinstance(row, dict) or str(row.get("id")) != number:
        raise BugError(_("Metrika described another counter than asked for."), raw=reply.raw)
    if str(row.get("status") or "").lower() == "deleted":
        raise ConfigError(_("The counter has been deleted in Metrika."), field="counter_id")
    zone = row.get("time_zone_name")
    if not isinstance(zone, str) or not zone:
        raise BugError(
            _("An agreed field is missing: it was renamed or removed."),
            raw=reply.raw,
            detail="counter.time_zone_name",
        )
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            _("The time zone of the source is unknown here."), field="counter_id", detail=zone[:60]
        ) from error
    main = row.get("site2")
    site = str((main.get("site") if isinstance(main, dict) else row.get("site")) or "").strip()
    url = f"https://{site}" if site and " " not in site and "://" not in site else ""
    name = str(row.get("name") or site or number)[:200]
    return Counter(number=number, name=name, url=url[:500], zone=zone)

"""What vendors allow a source to ask, in words: what they counted, and until when they are
closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from config.lib.money import number
from kpis.register.models import Gate, GateOfSource
from kpis.register.wording import LIMIT_WORDS, OTHER_LIMIT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A count without an end says nothing after a day.
STALE = dt.timedelta(days=1)
LITTLE = 10


@dataclass(frozen=True, slots=True)
class Quota:
    """One limit of a vendor. ``share`` is what is left, in hundredths (None: not told)."""

    label: StrOrPromise
    words: str
    mark: str
    share: int | None


def quotas(gates: Iterable[GateOfSource], now: dt.datetime) -> list[Quota]:
    """The limits something is known about, the tightest first."""
    told = [quota for item in gates if (quota := _quota(item.gate, now)) is not None]
    return sorted(told, key=lambda quota: 101 if quota.share is None else quota.share)


def _quota(gate: Gate, now: dt.datetime) -> Quota | None:
    label = LIMIT_WORDS.get(gate.name.rpartition(".")[2], OTHER_LIMIT)
    if gate.closed_until is not None and gate.closed_until > now:
        return Quota(
            label, _("closed until %(time)s") % {"time": clock(gate.closed_until)}, "warn", -1
        )
    if gate.remaining is None or not _is_fresh(gate, now):
        return None
    values = {"left": number(gate.remaining)}
    if gate.total is not None:
        values["total"] = number(gate.total)
    if gate.resets_at is not None:
        values["time"] = clock(gate.resets_at)
    match gate.total is not None, gate.resets_at is not None:
        case True, True:
            text = _("%(left)s of %(total)s left until %(time)s")
        case True, False:
            text = _("%(left)s of %(total)s left")
        case False, True:
            text = _("%(left)s left until %(time)s")
        case _other:
            text = _("%(left)s left")
    share = gate.remaining * 100 // gate.total if gate.total else None
    little = gate.remaining == 0 or (share is not None and share <= LITTLE)
    return Quota(label, text % values, "warn" if little else "", share)


def _is_fresh(gate: Gate, now: dt.datetime) -> bool:
    if gate.resets_at is not None:
        return gate.resets_at > now
    return gate.counted_at is not None and now - gate.counted_at < STALE


def clock(at: dt.datetime) -> str:
    """The hour alone when it is today's."""
    local = timezone.localtime(at)
    same = local.date() == timezone.localdate()
    return date_format(local, "H:i" if same else "SHORT_DATETIME_FORMAT")

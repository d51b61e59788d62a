"""The choice of what to connect: kinds of sources by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.base import Group
from kpis.register.registry import FILE_KIND, connectors
from kpis.register.wording import GROUP_ICONS, GROUP_WORDS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of source and what it gives, in one line."""

    kind: str
    label: StrOrPromise
    gives: StrOrPromise
    icon: str

    @property
    def url(self) -> str:
        return reverse("register:source-create", args=[self.kind])

    def has(self, word: str) -> bool:
        """Whether ``word`` (folded) occurs in its names or in what it gives."""
        return word in f"{self.kind} {self.label} {self.gives}".casefold()


@dataclass(frozen=True, slots=True)
class KindGroup:
    code: str
    label: StrOrPromise
    kinds: list[Kind]


def kinds_grouped(query: str = "") -> list[KindGroup]:
    """Groups that have kinds in which, or in the group's name, every word of ``query`` occurs."""
    words = query.casefold().split()
    found: dict[Group, list[Kind]] = {group: [] for group in Group}
    for kind, cls in connectors().items():
        group: Group = getattr(cls, "group", Group.OTHER)
        gives = getattr(cls, "gives", _("Connected by an address and a token, read on schedule."))
        icon = "file-spreadsheet" if kind == FILE_KIND else GROUP_ICONS[group]
        one = Kind(kind, cls.label, gives, icon)
        name = str(GROUP_WORDS[group]).casefold()
        if all(one.has(word) or word in name for word in words):
            found[group].append(one)
    return [
        KindGroup(group.value, GROUP_WORDS[group], sorted(kinds, key=_order))
        for group, kinds in found.items()
        if kinds
    ]


def _order(kind: Kind) -> tuple[bool, str]:
    """Files first among the others, then by name."""
    return kind.kind != FILE_KIND, str(kind.label).casefold()

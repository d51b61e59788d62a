"""The global search: asks every registered provider; each answers only what the person may see."""

from __future__ import annotations

from dataclasses import dataclass, field

from config.lib.registry import SearchHit, search_providers
from staff.accounts.models import User

MIN_LETTERS = 2
MAX_LETTERS = 200


@dataclass(slots=True)
class HitGroup:
    """Hits of one kind (people, tasks, KPIs, subjects), in the provider's order."""

    kind: str
    hits: list[SearchHit] = field(default_factory=list)


def search(user: User, query: str, *, limit: int) -> list[HitGroup]:
    """At most ``limit`` hits of each provider, by kind; nothing for less than two letters."""
    query = query.strip()[:MAX_LETTERS]
    groups: dict[str, HitGroup] = {}
    if len(query) < MIN_LETTERS:
        return []
    for provider in search_providers():
        for hit in list(provider(user, query, limit))[:limit]:
            kind = str(hit.kind)
            groups.setdefault(kind, HitGroup(kind)).hits.append(hit)
    return list(groups.values())

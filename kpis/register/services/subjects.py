"""Names in the register for what the upper apps own: channels, placements, mailings, programmes."""

from __future__ import annotations

from departments.structure.models import Direction
from kpis.register.models import Subject
from staff.accounts.models import User


def subject_keep(
    *,
    origin: str,
    kind: Subject.Kind,
    key: str,
    label: str,
    direction: Direction,
    url: str = "",
    parent: Subject | None = None,
    owner: User | None = None,
) -> Subject:
    """The subject ``(origin, kind, key)``, made on first use and renamed afterwards.

    ``origin`` is the label of the owning app, ``key`` the object's uid: results attach to the
    subject and survive any renaming. Call it inside the owner's transaction; the owner audits.
    """
    subject, _created = Subject.objects.update_or_create(
        origin=origin,
        kind=kind,
        key=key,
        defaults={
            "scope": direction.scope,
            "label": label[:250],
            "url": url,
            "parent": parent,
            "direction": direction,
            "owner": owner,
        },
    )
    return subject

"""What the model audit knows about the tools of direction A: A.I1-A.I5."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from channels_publishing.models import Channel
from channels_publishing.models.channel import MODEL_CODES
from departments.structure.audit_registry import Finding, State, register_probe

if TYPE_CHECKING:
    from departments.structure.models import Department


@register_probe
def channels(department: Department) -> Mapping[str, Finding]:
    """Present: at least one channel of the kind is in use."""
    kept = Channel.objects.filter(direction__department=department, archived_at=None)
    counts = dict(kept.order_by().values_list("kind").annotate(Count("pk")))
    found = {}
    for code, kind in MODEL_CODES.items():
        if count := counts.get(kind, 0):
            page = reverse("channels_publishing:channel-list")
            words = ngettext("%(count)d channel", "%(count)d channels", count) % {"count": count}
            found[code] = Finding(State.PRESENT, words, f"{page}?kind={kind}")
        else:
            page = reverse("channels_publishing:channel-create")
            found[code] = Finding(State.MISSING, _("no channel"), f"{page}?kind={kind}")
    return found

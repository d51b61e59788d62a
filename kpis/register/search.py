"""What the global search finds in the register: sources and subjects."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.lib.registry import SearchHit, register_search
from kpis.register import policies
from kpis.register.models import Source, Subject
from staff.accounts.models import User


@register_search
def sources(user: User, query: str, limit: int) -> Iterator[SearchHit]:
    """Sources by name."""
    visible = Source.objects.visible_to(user, policies.SOURCE_VIEW)
    for found in visible.filter(name__icontains=query).order_by("name")[:limit]:
        yield SearchHit(_("Source"), found.name, found.get_absolute_url())


@register_search
def subjects(user: User, query: str, limit: int) -> Iterator[SearchHit]:
    """Campaigns, sites, mailings by name. A duplicate is found under the name it is shown by."""
    visible = Subject.objects.visible_to(user, policies.RESULT_VIEW)
    named = visible.filter(label__icontains=query, merged_into=None)
    for found in named.order_by("label")[:limit]:
        url = reverse("register:subject-detail", args=[found.uid])
        yield SearchHit(_("Subject"), found.label, url, found.get_kind_display())

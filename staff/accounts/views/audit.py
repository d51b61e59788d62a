"""The audit trail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.lib.listing import ListPage
from staff.accounts import policies
from staff.accounts.access import Access, access, user_of
from staff.accounts.audit_registry import action_label, target_url
from staff.accounts.audit_text import changes_of
from staff.accounts.filters import AuditFilter
from staff.accounts.models import AuditEvent
from staff.accounts.tables import AuditTable


def _visible(request: HttpRequest) -> QuerySet[Any]:
    return AuditEvent.objects.visible_to(user_of(request), policies.AUDIT_VIEW)


class AuditList(ListPage):
    access = Access("right", policies.AUDIT_VIEW)
    table_class = AuditTable
    filterset_class = AuditFilter
    search_fields = ("actor_label", "target_label", "action", "reason", "where")
    title = _("Audit trail")
    lead = _("Who did what, before and after, when and from where. Nothing here can be changed.")
    empty_title = _("Nothing has been done yet")
    empty_icon = "history"
    export_name = "audit"

    def get_queryset(self) -> QuerySet[Any]:
        return _visible(self.request)

    def row_url(self, record: AuditEvent) -> str:
        return reverse("accounts:audit-detail", args=[record.uid])


@access(policies.AUDIT_VIEW)
@require_GET
def event_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    event = get_object_or_404(_visible(request), uid=uid)
    same = _visible(request).filter(request_id=event.request_id).exclude(pk=event.pk)
    others = same.order_by("at", "pk")[:50] if event.request_id else []
    context = {
        "title": action_label(event.action),
        "event": event,
        "changes": changes_of(event),
        "target_url": target_url(event.target_type, event.target_id),
        "others": [{"event": row, "label": action_label(row.action)} for row in others],
    }
    return render(request, "accounts/audit_detail.html", context)

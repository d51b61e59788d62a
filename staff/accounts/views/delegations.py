"""Roles lent and borrowed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from config.lib.forms import FormPage
from staff.accounts import policies
from staff.accounts.access import Access, login_access, user_of
from staff.accounts.forms import DelegateForm
from staff.accounts.models import Delegation
from staff.accounts.models.scope import within
from staff.accounts.services.delegations import delegate, delegation_revoke


@login_access
@require_GET
def delegation_list(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    rows = Delegation.objects.select_related("from_user", "to_user", "scope")
    context = {
        "title": gettext("Delegation"),
        "given": rows.filter(from_user=user).order_by("-ends_at")[:100],
        "received": rows.filter(to_user=user).order_by("-ends_at")[:100],
        "now": timezone.now(),
        "may_give": user.can(policies.DELEGATE),
    }
    return render(request, "accounts/delegation_list.html", context)


class DelegationCreate(FormPage):
    access = Access("right", policies.DELEGATE)
    form_class = DelegateForm
    title = _("Delegate a role")
    lead = _(
        "The colleague acts with your role until the end you give; the audit trail names them."
    )
    submit_label = _("Delegate")
    success_message = _("The role is delegated.")
    success_url_name = cancel_url_name = "accounts:delegation-list"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": user_of(self.request)}

    def service(self, form: DelegateForm) -> Delegation:
        data = dict(form.cleaned_data)
        grant = data.pop("grant")
        return delegate(actor=user_of(self.request), role=grant.role, scope=grant.scope, **data)


@login_access
@require_POST
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = user_of(request)
    mine = Q(from_user=user) | Q(to_user=user) | within(user.paths_with(policies.USER_VIEW))
    delegation = get_object_or_404(Delegation.objects.select_related("scope").filter(mine), uid=uid)
    delegation_revoke(actor=user, delegation=delegation)
    messages.success(request, gettext("The delegation is ended."))
    return redirect("accounts:delegation-list")

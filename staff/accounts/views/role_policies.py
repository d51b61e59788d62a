"""Which roles must log in with a second factor."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from staff.accounts import policies
from staff.accounts.access import access, user_of
from staff.accounts.rights import Role
from staff.accounts.selectors import role_policy_rows
from staff.accounts.services.roles import role_policy_set
from staff.accounts.services.scopes import group_scope


@access(policies.ROLE_POLICY)
@require_GET
def role_policies(request: HttpRequest) -> HttpResponse:
    context = {
        "title": gettext("Log-in rules"),
        "lead": gettext(
            "The rules hold for everybody with the role, in every company of the group."
        ),
        "rows": role_policy_rows(),
        "may_change": user_of(request).can(policies.ROLE_POLICY, group_scope()),
    }
    return render(request, "accounts/role_policies.html", context)


@access(policies.ROLE_POLICY)
@require_POST
def role_policy_save(request: HttpRequest, role: str) -> HttpResponse:
    if role not in Role.values:
        raise Http404
    required = request.POST.get("second_factor") == "on"
    role_policy_set(actor=user_of(request), role=role, second_factor=required)
    messages.success(request, gettext("The rule is saved."))
    return redirect("accounts:role-policies")

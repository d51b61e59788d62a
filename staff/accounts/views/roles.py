"""Giving and ending roles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config.lib.forms import FormPage
from staff.accounts import policies
from staff.accounts.access import Access, access, user_of
from staff.accounts.forms import GrantForm
from staff.accounts.models import RoleGrant, User
from staff.accounts.models.scope import within
from staff.accounts.selectors import users_visible_to
from staff.accounts.services.roles import role_end, role_grant


class RoleGrantCreate(FormPage):
    access = Access("right", policies.USER_MANAGE)
    form_class = GrantForm
    submit_label = _("Give the role")
    success_message = _("The role is given.")

    @cached_property
    def person(self) -> User:
        return get_object_or_404(users_visible_to(user_of(self.request)), uid=self.kwargs["uid"])

    def get_title(self) -> str:
        return gettext("A role for %(name)s") % {"name": self.person}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": user_of(self.request)}

    def service(self, form: GrantForm) -> RoleGrant:
        return role_grant(actor=user_of(self.request), user=self.person, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.person.get_absolute_url()

    get_cancel_url = get_success_url


@access(policies.USER_MANAGE)
@require_POST
def role_end_now(request: HttpRequest, uid: UUID) -> HttpResponse:
    actor = user_of(request)
    visible = RoleGrant.objects.select_related("scope", "user")
    if not actor.is_superuser:
        visible = visible.filter(within(actor.paths_with(policies.USER_VIEW)))
    grant = get_object_or_404(visible, uid=uid)
    role_end(actor=actor, grant=grant, reason=request.POST.get("reason", ""))
    messages.success(request, gettext("The role is ended."))
    return redirect(grant.user)

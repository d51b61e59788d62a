"""People: list, invitation, a person's page and what can be done there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from config.lib.forms import FormPage
from config.lib.listing import ListPage
from staff.accounts import policies
from staff.accounts.access import Access, access, user_of
from staff.accounts.cards import user_card
from staff.accounts.filters import UserFilter
from staff.accounts.forms import InviteForm
from staff.accounts.models import User
from staff.accounts.selectors import users_visible_to, with_roles
from staff.accounts.services.users import (
    password_link_send,
    second_factor_reset,
    user_invite,
    user_set_active,
)
from staff.accounts.tables import UserTable


class UserList(ListPage):
    access = Access("right", policies.USER_VIEW)
    table_class = UserTable
    filterset_class = UserFilter
    search_fields = ("full_name", "email")
    title = _("Users")
    lead = _("Who may log in, in which role and where.")
    create_url_name = "accounts:user-invite"
    create_label = _("Invite")
    create_right = policies.USER_MANAGE
    empty_title = _("Nobody here yet")
    empty_text = _("Invite the people of the department: each gets a letter with a link.")
    empty_icon = "users"
    export_name = "users"

    def get_queryset(self) -> QuerySet[User]:
        return with_roles(users_visible_to(user_of(self.request)))


class UserInvite(FormPage):
    access = Access("right", policies.USER_MANAGE)
    form_class = InviteForm
    title = _("Invite a person")
    lead = _("They get a letter with a link, set a password and log in.")
    submit_label = _("Invite")
    cancel_url_name = "accounts:user-list"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": user_of(self.request)}

    def service(self, form: InviteForm) -> User:
        return user_invite(actor=user_of(self.request), **form.cleaned_data)

    def form_valid(self, form: InviteForm) -> HttpResponse:
        response = super().form_valid(form)
        if isinstance(self.result, User):
            _send_link(self.request, self.result)
        return response


@access(policies.USER_VIEW)
@require_GET
def user_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    viewer = user_of(request)
    person = get_object_or_404(with_roles(users_visible_to(viewer)), uid=uid)
    return render(request, "accounts/user_detail.html", user_card(viewer, person))


@access(policies.USER_MANAGE)
@require_POST
def user_block(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _set_active(request, uid, active=False)


@access(policies.USER_MANAGE)
@require_POST
def user_unblock(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _set_active(request, uid, active=True)


@access(policies.USER_MANAGE)
@require_POST
def user_link(request: HttpRequest, uid: UUID) -> HttpResponse:
    person = _person(request, uid)
    _send_link(request, person)
    return redirect(person)


@access(policies.USER_MANAGE)
@require_POST
def user_factor_reset(request: HttpRequest, uid: UUID) -> HttpResponse:
    person = _person(request, uid)
    reason = request.POST.get("reason", "")
    second_factor_reset(actor=user_of(request), user=person, reason=reason)
    messages.success(request, gettext("The second factor is reset."))
    return redirect(person)


def _person(request: HttpRequest, uid: UUID) -> User:
    return get_object_or_404(users_visible_to(user_of(request)), uid=uid)


def _set_active(request: HttpRequest, uid: UUID, *, active: bool) -> HttpResponse:
    person = _person(request, uid)
    reason = request.POST.get("reason", "")
    user_set_active(actor=user_of(request), user=person, active=active, reason=reason)
    done = (
        gettext("%(name)s may log in again.")
        if active
        else gettext("%(name)s can no longer log in.")
    )
    messages.success(request, done % {"name": person})
    return redirect(person)


def _send_link(request: HttpRequest, person: User) -> None:
    """Send the letter and say how it went."""
    if password_link_send(actor=user_of(request), user=person, request=request):
        text = gettext("A letter with a link has been sent to %(email)s.")
        messages.success(request, text % {"email": person.email})
    else:
        text = gettext("The letter to %(email)s was not sent: check the mail settings and repeat.")
        messages.error(request, text % {"email": person.email})

"""Client groups: list, card, forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from client_programs import policies
from client_programs.cards import group_card
from client_programs.filters import GroupFilter
from client_programs.forms import GroupForm
from client_programs.models import ClientGroup, Programme
from client_programs.services.groups import group_archive, group_create, group_edit
from client_programs.tables import GroupTable
from config.lib.forms import FormPage
from config.lib.listing import ListPage
from staff.accounts.access import Access, access, user_of


def visible_groups(request: HttpRequest) -> QuerySet[ClientGroup]:
    rows = ClientGroup.objects.visible_to(user_of(request), policies.GROUP_VIEW)
    return rows.select_related("department__scope", "department__company")


class GroupList(ListPage):
    access = Access("right", policies.GROUP_VIEW)
    table_class = GroupTable
    filterset_class = GroupFilter
    search_fields = ("name", "description")
    title = _("Client groups")
    lead = _("Whom programmes and mailings are made for.")
    create_url_name = "client_programs:group-create"
    create_label = _("Client group")
    create_right = policies.GROUP_MANAGE
    empty_title = _("No client groups yet")
    empty_text = _("Describe the first one: who they are and what they have in common.")
    empty_icon = "users-group"
    export_name = "client-groups"

    def get_queryset(self) -> QuerySet[ClientGroup]:
        states = Programme.State
        live = Q(programmes__state__in=[states.TRAINING, states.RUNNING])
        return visible_groups(self.request).annotate(live=Count("programmes", filter=live))


class GroupCreate(FormPage):
    access = Access("right", policies.GROUP_MANAGE)
    form_class = GroupForm
    title = _("New client group")
    success_message = _("The client group is added.")
    cancel_url_name = "client_programs:group-list"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": user_of(self.request)}

    def service(self, form: GroupForm) -> ClientGroup:
        return group_create(actor=user_of(self.request), **form.cleaned_data)


class GroupEdit(GroupCreate):
    title = _("Client group")
    success_message = _("Saved.")
    cancel_url_name = ""

    @cached_property
    def group(self) -> ClientGroup:
        group: ClientGroup = get_object_or_404(visible_groups(self.request), uid=self.kwargs["uid"])
        policies.require_groups(user_of(self.request), group.department)
        return group

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.group}

    def service(self, form: GroupForm) -> ClientGroup:
        return group_edit(actor=user_of(self.request), group=self.group, **form.cleaned_data)

    def get_cancel_url(self) -> str:
        return self.group.get_absolute_url()


@access(policies.GROUP_VIEW)
@require_GET
def group_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    group = get_object_or_404(visible_groups(request), uid=uid)
    return render(request, "client_programs/group_detail.html", group_card(user_of(request), group))


@access(policies.GROUP_MANAGE)
@require_POST
def archive(request: HttpRequest, uid: UUID) -> HttpResponse:
    group = get_object_or_404(visible_groups(request), uid=uid)
    group_archive(actor=user_of(request), group=group)
    return redirect("client_programs:group-list")

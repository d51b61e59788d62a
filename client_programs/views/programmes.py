"""Programmes: list, card, forms, each step of their life."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from client_programs import policies
from client_programs.cards import programme_card
from client_programs.filters import ProgrammeFilter
from client_programs.forms import CloseForm, ProgrammeForm
from client_programs.models import ClientGroup, Programme
from client_programs.services.programmes import (
    programme_create,
    programme_edit,
    programme_move,
)
from client_programs.tables import ProgrammeTable
from config.lib.forms import FormPage
from config.lib.listing import ListPage
from staff.accounts.access import Access, access, require, user_of


def visible_programmes(request: HttpRequest) -> QuerySet[Programme]:
    rows = Programme.objects.visible_to(user_of(request), policies.PROGRAMME_VIEW)
    return rows.select_related(
        "direction__department__company", "direction__scope", "group", "responsible"
    )


class ProgrammeList(ListPage):
    access = Access("right", policies.PROGRAMME_VIEW)
    table_class = ProgrammeTable
    filterset_class = ProgrammeFilter
    search_fields = ("name", "goal", "conclusions")
    title = _("Client programmes")
    lead = _("From the draft through staff training to conclusions. Closed ones stay searchable.")
    create_url_name = "client_programs:programme-create"
    create_label = _("Programme")
    create_right = policies.PROGRAMME_MANAGE
    empty_title = _("No programmes yet")
    empty_text = _("Describe a client group, then draft the first programme for it.")
    empty_icon = "heart-handshake"
    export_name = "programmes"

    def get_queryset(self) -> QuerySet[Programme]:
        return visible_programmes(self.request)


class ProgrammeCreate(FormPage):
    access = Access("right", policies.PROGRAMME_MANAGE)
    form_class = ProgrammeForm
    title = _("New programme")
    success_message = _("The programme is drafted.")
    cancel_url_name = "client_programs:programme-list"

    def get_initial(self) -> dict[str, Any]:
        groups = ClientGroup.objects.visible_to(user_of(self.request), policies.GROUP_VIEW)
        known = {str(group.uid): group.pk for group in groups.in_use()}
        return {"group": known.get(self.request.GET.get("group", ""))}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": user_of(self.request)}

    def service(self, form: ProgrammeForm) -> Programme:
        return programme_create(actor=user_of(self.request), **form.cleaned_data)


class OneProgramme(FormPage):
    """A form about the programme in the address, for those who may change it."""

    access = Access("right", policies.PROGRAMME_MANAGE)

    @cached_property
    def programme(self) -> Programme:
        programme: Programme = get_object_or_404(
            visible_programmes(self.request), uid=self.kwargs["uid"]
        )
        require(user_of(self.request), policies.PROGRAMME_MANAGE, programme.direction.scope)
        return programme

    def get_title(self) -> str:
        return f"{self.title}: {self.programme}"

    def get_cancel_url(self) -> str:
        return self.programme.get_absolute_url()


class ProgrammeEdit(OneProgramme):
    form_class = ProgrammeForm
    title = _("Programme")
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "actor": user_of(self.request),
            "instance": self.programme,
        }

    def service(self, form: ProgrammeForm) -> Programme:
        actor = user_of(self.request)
        return programme_edit(actor=actor, programme=self.programme, **form.cleaned_data)


class ProgrammeClose(OneProgramme):
    form_class = CloseForm
    title = _("Close")
    submit_label = _("Close the programme")
    lead = _("The conclusions stay in the archive and are found by the search.")
    success_message = _("The programme is closed.")

    def service(self, form: CloseForm) -> Programme:
        return programme_move(
            actor=user_of(self.request),
            programme=self.programme,
            state=Programme.State.CLOSED,
            conclusions=form.cleaned_data["conclusions"],
        )


@access(policies.PROGRAMME_VIEW)
@require_GET
def programme_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    programme = get_object_or_404(visible_programmes(request), uid=uid)
    card = programme_card(user_of(request), programme)
    return render(request, "client_programs/programme_detail.html", card)


@access(policies.PROGRAMME_MANAGE)
@require_POST
def move(request: HttpRequest, uid: UUID, state: str) -> HttpResponse:
    programme = get_object_or_404(visible_programmes(request), uid=uid)
    programme_move(actor=user_of(request), programme=programme, state=state)
    return redirect(programme)

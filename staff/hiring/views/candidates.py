"""Candidates: list, card, moving on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.lib.forms import FormPage
from config.lib.listing import ListPage
from staff.accounts.access import Access, access, require, user_of
from staff.hiring import policies
from staff.hiring.filters import CandidateFilter
from staff.hiring.forms import CandidateForm, MoveForm
from staff.hiring.models import Candidate
from staff.hiring.selectors import candidate_card, candidates_for
from staff.hiring.services.candidates import candidate_edit, candidate_move
from staff.hiring.tables import CandidateTable


class CandidateList(ListPage):
    access = Access("right", policies.HIRING_VIEW)
    template_name = "hiring/candidate_list.html"
    table_class = CandidateTable
    filterset_class = CandidateFilter
    search_fields = ("full_name", "source")
    title = _("Candidates")
    empty_title = _("No candidates yet")
    empty_text = _("Candidates are added on the page of a vacancy.")
    empty_icon = "user-search"
    export_name = "candidates"

    def get_queryset(self) -> QuerySet[Candidate]:
        rows: QuerySet[Candidate] = candidates_for(user_of(self.request))
        return rows


class OneCandidate(FormPage):
    """A form about the candidate in the address, for those who choose people there."""

    access = Access("right", policies.HIRING_MANAGE)

    @cached_property
    def candidate(self) -> Candidate:
        user = user_of(self.request)
        candidate: Candidate = get_object_or_404(candidates_for(user), uid=self.kwargs["uid"])
        require(user, policies.HIRING_MANAGE, candidate.vacancy.position.scope)
        return candidate

    def get_title(self) -> str:
        return f"{self.title}: {self.candidate}"

    def get_cancel_url(self) -> str:
        return self.candidate.get_absolute_url()


class CandidateEdit(OneCandidate):
    form_class = CandidateForm
    title = _("Candidate")
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.candidate}

    def service(self, form: CandidateForm) -> Candidate:
        actor = user_of(self.request)
        return candidate_edit(actor=actor, candidate=self.candidate, **form.cleaned_data)


class CandidateMove(OneCandidate):
    form_class = MoveForm
    title = _("Next stage")
    success_message = _("The candidate has moved on.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "actor": user_of(self.request),
            "candidate": self.candidate,
        }

    def service(self, form: MoveForm) -> Candidate:
        actor = user_of(self.request)
        return candidate_move(actor=actor, candidate=self.candidate, **form.cleaned_data)


@access(policies.HIRING_VIEW)
@require_GET
def candidate_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = user_of(request)
    candidate = get_object_or_404(candidates_for(user), uid=uid)
    return render(request, "hiring/candidate_detail.html", candidate_card(user, candidate))

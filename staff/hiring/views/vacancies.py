"""Vacancies: list, card, forms."""

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
from staff.hiring.filters import VacancyFilter
from staff.hiring.forms import CancelForm, CandidateForm, VacancyForm
from staff.hiring.models import Candidate, Vacancy
from staff.hiring.selectors import vacancies_for, vacancy_card
from staff.hiring.services.candidates import candidate_add
from staff.hiring.services.vacancies import vacancy_cancel, vacancy_open
from staff.hiring.tables import VacancyTable


class VacancyList(ListPage):
    access = Access("right", policies.HIRING_VIEW)
    template_name = "hiring/vacancy_list.html"
    table_class = VacancyTable
    filterset_class = VacancyFilter
    search_fields = ("position__name_ru", "position__name_en", "reason")
    title = _("Hiring")
    lead = _("Whom the department is looking for, and how far the candidates have come.")
    create_url_name = "hiring:vacancy-create"
    create_label = _("Vacancy")
    create_right = policies.HIRING_MANAGE
    empty_title = _("No vacancies yet")
    empty_text = _("Open a vacancy for a position of the staff list, then add candidates.")
    empty_icon = "user-search"
    export_name = "vacancies"

    def get_queryset(self) -> QuerySet[Vacancy]:
        rows: QuerySet[Vacancy] = vacancies_for(user_of(self.request))
        return rows


class VacancyCreate(FormPage):
    access = Access("right", policies.HIRING_MANAGE)
    form_class = VacancyForm
    title = _("New vacancy")
    submit_label = _("Open the vacancy")
    success_message = _("The vacancy is opened.")
    cancel_url_name = "hiring:vacancy-list"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": user_of(self.request)}

    def service(self, form: VacancyForm) -> Vacancy:
        return vacancy_open(actor=user_of(self.request), **form.cleaned_data)


class OneVacancy(FormPage):
    """A form about the vacancy in the address, for those who choose people there."""

    access = Access("right", policies.HIRING_MANAGE)

    @cached_property
    def vacancy(self) -> Vacancy:
        user = user_of(self.request)
        vacancy: Vacancy = get_object_or_404(vacancies_for(user), uid=self.kwargs["uid"])
        require(user, policies.HIRING_MANAGE, vacancy.position.scope)
        return vacancy

    def get_title(self) -> str:
        return f"{self.title}: {self.vacancy}"

    def get_cancel_url(self) -> str:
        return self.vacancy.get_absolute_url()


class VacancyCancel(OneVacancy):
    form_class = CancelForm
    title = _("Close without hiring")
    submit_label = _("Close without hiring")
    success_message = _("The vacancy is cancelled.")

    def service(self, form: CancelForm) -> Vacancy:
        actor = user_of(self.request)
        return vacancy_cancel(actor=actor, vacancy=self.vacancy, **form.cleaned_data)


class CandidateAdd(OneVacancy):
    form_class = CandidateForm
    title = _("New candidate")
    success_message = _("The candidate is added.")

    def service(self, form: CandidateForm) -> Candidate:
        actor = user_of(self.request)
        return candidate_add(actor=actor, vacancy=self.vacancy, **form.cleaned_data)


@access(policies.HIRING_VIEW)
@require_GET
def vacancy_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = user_of(request)
    vacancy = get_object_or_404(vacancies_for(user), uid=uid)
    return render(request, "hiring/vacancy_detail.html", vacancy_card(user, vacancy))

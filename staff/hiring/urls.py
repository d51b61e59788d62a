"""Addresses of vacancies and candidates."""

from django.urls import path

from staff.hiring.views import candidates, vacancies

app_name = "hiring"
urlpatterns = [
    path("", vacancies.VacancyList.as_view(), name="vacancy-list"),
    path("new/", vacancies.VacancyCreate.as_view(), name="vacancy-create"),
    path("<uuid:uid>/", vacancies.vacancy_detail, name="vacancy-detail"),
    path("<uuid:uid>/cancel/", vacancies.VacancyCancel.as_view(), name="vacancy-cancel"),
    path("<uuid:uid>/candidates/new/", vacancies.CandidateAdd.as_view(), name="candidate-create"),
    path("candidates/", candidates.CandidateList.as_view(), name="candidate-list"),
    path("candidates/<uuid:uid>/", candidates.candidate_detail, name="candidate-detail"),
    path("candidates/<uuid:uid>/edit/", candidates.CandidateEdit.as_view(), name="candidate-edit"),
    path("candidates/<uuid:uid>/move/", candidates.CandidateMove.as_view(), name="candidate-move"),
]

"""Subjects: what figures are about, who answers for them, duplicates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from config.lib.forms import FormPage
from config.lib.listing import ListPage
from kpis.register import policies
from kpis.register.filters_subjects import SubjectFilter
from kpis.register.forms.subjects import MergeForm, OwnerForm
from kpis.register.models import Subject
from kpis.register.selectors.subjects import (
    candidates,
    subject_card,
    subjects_listed,
    subjects_visible,
)
from kpis.register.services.subjects import subject_merge, subject_owner_set, subject_unmerge
from kpis.register.tables_subjects import SubjectTable
from staff.accounts.access import Access, access, require, user_of


class SubjectList(ListPage):
    access = Access("right", policies.RESULT_VIEW)
    template_name = "register/subject_list.html"
    table_class = SubjectTable
    filterset_class = SubjectFilter
    search_fields = ("label", "key", "owner__full_name")
    title = _("Subjects")
    lead = _("What figures are about: sites, channels, campaigns, mailings. Who answers for each.")
    empty_title = _("No subjects yet")
    empty_text = _("They appear by themselves when a source or a file is read.")
    empty_icon = "target"
    create_url_name = "register:source-kinds"
    create_label = _("Add source")
    create_right = policies.SOURCE_MANAGE
    export_name = "subjects"

    def get_queryset(self) -> QuerySet[Any]:
        return subjects_listed(user_of(self.request))

    def row_url(self, record: Any) -> str | None:
        return reverse("register:subject-detail", args=[record.uid])


@access(policies.RESULT_VIEW)
@require_GET
def subject_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    card = subject_card(_subject(request, uid), user_of(request))
    return render(request, "register/subject_detail.html", card)


@access(policies.SUBJECT_MANAGE)
@require_POST
def subject_part(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a duplicate under its own name again."""
    subject = subject_unmerge(actor=user_of(request), subject=_subject(request, uid))
    text = gettext("“%(name)s” is shown under its own name again.")
    messages.success(request, text % {"name": subject})
    return redirect("register:subject-detail", uid=uid)


class _OneSubject(FormPage):
    """What the forms of a subject have in common."""

    access = Access("right", policies.SUBJECT_MANAGE)

    @cached_property
    def row(self) -> Subject:
        subject = _subject(self.request, self.kwargs["uid"])
        require(user_of(self.request), policies.SUBJECT_MANAGE, subject.scope)
        return subject

    def get_success_url(self) -> str:
        return reverse("register:subject-detail", args=[self.row.uid])

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"subject": self.row}


class SubjectOwnerSet(_OneSubject):
    template_name = "register/subject_owner.html"
    form_class = OwnerForm
    success_message = _("Saved.")

    def get_title(self) -> str:
        return gettext("Who answers for “%(name)s”") % {"name": self.row}

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"viewer": user_of(self.request), "subject": self.row}
        return super().get_form_kwargs() | own

    def service(self, form: OwnerForm) -> Subject:
        return subject_owner_set(actor=user_of(self.request), subject=self.row, **form.cleaned_data)


class SubjectMerge(_OneSubject):
    template_name = "register/subject_merge.html"
    form_class = MergeForm
    submit_label = _("Put together")
    lead = _("Their figures are told together from now on. None is moved: it can be taken back.")
    success_message = _("Put together.")

    def get_title(self) -> str:
        return gettext("Duplicates of “%(name)s”") % {"name": self.row}

    @property
    def words(self) -> str:
        return self.request.GET.get("q", "").strip()[:200]

    def get_form_kwargs(self) -> dict[str, Any]:
        offered = candidates(self.row, user_of(self.request), self.words)
        return super().get_form_kwargs() | {"offered": offered}

    def service(self, form: MergeForm) -> Subject:
        return subject_merge(actor=user_of(self.request), duplicates=form.chosen(), into=self.row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"words": self.words}


def _subject(request: HttpRequest, uid: UUID) -> Subject:
    rows = subjects_visible(user_of(request)).select_related("scope", "owner", "direction")
    subject: Subject = get_object_or_404(rows, uid=uid)
    return subject

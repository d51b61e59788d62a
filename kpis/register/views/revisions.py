"""The journal of restatements: figures that sources, files or people changed afterwards."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from config.lib.htmx import wants_part
from config.lib.listing import ListPage
from kpis.register import policies
from kpis.register.filters_results import RevisionFilter
from kpis.register.models import Subject
from kpis.register.selectors.revisions import revisions_visible
from kpis.register.tables_results import RevisionTable
from kpis.register.views.explorer import view_tabs
from staff.accounts.access import Access, user_of


class RevisionList(ListPage):
    access = Access("right", policies.RESULT_VIEW)
    template_name = "register/revisions.html"
    table_class = RevisionTable
    filterset_class = RevisionFilter
    search_fields = ("subject__label", "stream__source__name")
    search_placeholder = _("Subject or source")
    title = _("Results register")
    lead = _("Figures that became others after they had been loaded: what was, what is, by whom.")
    empty_title = _("Nothing has changed yet")
    empty_text = _("When a source corrects a figure it gave before, both stand here.")
    empty_icon = "history"
    export_name = "changed-figures"
    rows_per_page = 100

    def get_queryset(self) -> QuerySet[Any]:
        return revisions_visible(user_of(self.request))

    def get_template_names(self) -> list[str]:
        if wants_part(self.request, "list"):
            return ["register/_results.html"]
        return super().get_template_names()

    def row_url(self, record: Any) -> str | None:
        return str(record.slice.run.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        assert isinstance(self.filterset, RevisionFilter)  # noqa: S101  set above
        found = self.filterset.form
        found.is_valid()
        chosen = found.cleaned_data
        subject = None
        if chosen.get("subject"):
            known = Subject.objects.visible_to(user_of(self.request), policies.RESULT_VIEW)
            subject = known.filter(uid=chosen["subject"]).first()
        return context | {
            "tabs": view_tabs(self.request, "revisions"),
            "first": chosen.get("first"),
            "last": chosen.get("last"),
            "subject": subject,
        }

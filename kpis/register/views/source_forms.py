"""Adding and changing a source. Saving tries the connection at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.lib.forms import FormPage
from config.lib.htmx import wants_part
from kpis.register import policies
from kpis.register.forms.source import CommonForm, source_form
from kpis.register.models import Source
from kpis.register.registry import FILE_KIND, connectors
from kpis.register.selectors.kinds import kinds_grouped
from kpis.register.selectors.sources import kind_label
from kpis.register.services.sources import (
    settings_clean,
    source_check,
    source_create,
    source_update,
)
from staff.accounts.access import Access, access, require, user_of


@access(policies.SOURCE_MANAGE)
@require_GET
def source_kinds(request: HttpRequest) -> HttpResponse:
    """The choice of what to connect, searched by ``q``."""
    query = request.GET.get("q", "").strip()[:100]
    context = {"title": _("Add source"), "query": query, "groups": kinds_grouped(query)}
    part = "register/_kinds.html" if wants_part(request, "kinds") else "register/source_kinds.html"
    return render(request, part, context)


class _SourceForm(FormPage):
    """What adding and changing have in common."""

    access = Access("right", policies.SOURCE_MANAGE)
    template_name = "register/source_form.html"
    submit_label = _("Save and check")
    source: Source | None = None
    kind = ""

    def get_form_class(self) -> type[CommonForm]:
        return source_form(self.kind)

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"user": user_of(self.request), "source": self.source}
        return super().get_form_kwargs() | own

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if isinstance(self.result, Source) and self.kind != FILE_KIND:
            items = source_check(actor=user_of(self.request), source=self.result)
            if all(item.ok for item in items):
                messages.success(self.request, gettext("Saved. The connection works."))
            else:
                messages.error(
                    self.request, gettext("Saved, but the connection does not work yet.")
                )
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"source": self.source}

    def get_success_url(self) -> str:
        source = self.result
        return f"{source.get_absolute_url()}#check" if isinstance(source, Source) else ""


class SourceCreate(_SourceForm):
    cancel_url_name = "register:source-kinds"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.kind = str(kwargs["kind"])
        if self.kind not in connectors():
            raise Http404
        if self.kind == FILE_KIND:
            self.submit_label = _("Save")
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return gettext("New source: %(kind)s") % {"kind": kind_label(self.kind)}

    def service(self, form: CommonForm) -> Source:
        plain, secrets = settings_clean(self.kind, form.settings_typed())
        return source_create(
            actor=user_of(self.request),
            kind=self.kind,
            plain=plain,
            secrets=secrets,
            **form.common_typed(),
        )


class SourceEdit(_SourceForm):
    @cached_property
    def row(self) -> Source:
        visible = Source.objects.visible_to(user_of(self.request), policies.SOURCE_VIEW)
        found = visible.select_related("scope", "owner")
        source: Source = get_object_or_404(found, uid=self.kwargs["uid"])
        require(user_of(self.request), policies.SOURCE_MANAGE, source.scope)
        return source

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.source, self.kind = self.row, self.row.kind
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return gettext("Settings of “%(name)s”") % {"name": self.row}

    def get_initial(self) -> dict[str, Any]:
        row = self.row
        common = {name: getattr(row, name) for name in ("name", "every_minutes", "history_from")}
        owner = {"owner": row.owner.uid} if row.owner else {}
        return {**row.settings, **common, **owner}

    def service(self, form: CommonForm) -> Source:
        plain, secrets = settings_clean(self.kind, form.settings_typed())
        return source_update(
            actor=user_of(self.request),
            source=self.row,
            plain=plain,
            secrets=secrets,
            **form.common_typed(),
        )

    def get_cancel_url(self) -> str:
        return self.row.get_absolute_url()
